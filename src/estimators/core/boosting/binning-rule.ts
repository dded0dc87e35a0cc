/** Where the bins of a feature are cut. */
export interface BinningRule {
  /** The most bins of a feature, one for missing values among them or not. */
  readonly maxBins: number;
  readonly countsMissing: boolean;
  /** Whether rows count by their weights. */
  readonly weighted: boolean;
  /** Whether values are rounded to single precision, here and in the model. */
  readonly single: boolean;
  /**
   * The edges between at most `maxBins` bins, rising: a value is in the bin of the
   * first edge that it is not above.
   *
   * @param values shape: n_distinct, rising
   * @param masses shape: n_distinct, how often each occurs, or the weight of its rows; may be overwritten
   * @param nRows the rows that have a value
   */
  cut(values: Float64Array, masses: Masses, maxBins: number, nRows: number): number[];
  /**
   * How many categories have bins of their own: so many first ones.
   *
   * @param counts shape: n_categories, falling, how many rows have each
   * @param nMissing the rows that have none
   */
  keptCategories(counts: Uint32Array, nMissing: number): number;
  /** The most categories that can have bins of their own, of so many rows. */
  mostCategories(nRows: number): number;
  /** Whether categories that the training has not seen are told from missing ones. */
  readonly unseenApart: boolean;
}

/** Counts, or weights. */
export type Masses = Uint32Array | Float32Array;
