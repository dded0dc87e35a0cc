/** Where the bins of a feature are cut. */
export interface BinningRule {
  /** The most bins of a feature, one for missing values among them or not. */
  readonly maxBins: number;
  readonly countsMissing: boolean;
  /** Whether values are rounded to single precision, here and in the model. */
  readonly single: boolean;
  /**
   * The edges between at most `maxBins` bins, rising: a value is in the bin of the
   * first edge that it is not above.
   *
   * @param values shape: n_distinct, rising
   * @param counts shape: n_distinct, how often each occurs
   */
  cut(values: Float64Array, counts: Uint32Array, maxBins: number): number[];
}
