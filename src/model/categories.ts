/** The categories of a feature, the most frequent in its training rows first. */
export type Categories =
  | { readonly kind: 'string'; readonly values: readonly string[] }
  /** Whole numbers that doubles tell apart. */
  | { readonly kind: 'integer'; readonly values: Float64Array<ArrayBuffer> };

/** The categories of a model's features (shape: n_features); undefined for a numeric one. */
export type ModelCategories = readonly (Categories | undefined)[];
