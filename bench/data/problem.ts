/** Rows with their labels, and rows to ask about. */
export interface Problem {
  readonly columns: number;
  readonly classes: number;
  /**
   * How many categories each column has among the rows to train on (shape: columns);
   * 0: it has numbers. Absent: all have. See `codeCategories`.
   */
  readonly nCategories?: Uint32Array;
  /** Shape: rows x columns, row-major; NaN means missing. */
  readonly x: Float64Array<ArrayBuffer>;
  /** Shape: rows, indexes of classes; every class occurs. */
  readonly y: Int32Array<ArrayBuffer>;
  /** Shape: queries x columns. */
  readonly q: Float64Array<ArrayBuffer>;
  /** Shape: queries. */
  readonly qy: Int32Array<ArrayBuffer>;
}
