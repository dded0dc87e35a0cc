/**
 * Bins at the quantiles, as XGBoost cuts them: each begins with a value that
 * occurs, and all distinct values have bins of their own where there are at most
 * `maxBins` (T. Chen and C. Guestrin, "XGBoost: A Scalable Tree Boosting System",
 * 2016, section 3.2; here the quantiles are exact). A value is left of a cut
 * when it is below the value that begins the bin.
 *
 * @param values shape: n_distinct, rising, in single precision
 * @param counts shape: n_distinct, how often each occurs
 */
export function quantileBins(values: Float64Array, counts: Uint32Array, maxBins: number): number[] {
  if (values.length <= maxBins) return Array.from(values.subarray(1), floatBelow);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const edges: number[] = [];
  let below = 0;
  for (let i = 0; i < values.length && edges.length < maxBins - 1; i++) {
    // The value at the next quantile.
    if (i > 0 && below + counts[i] > ((edges.length + 1) * total) / maxBins) edges.push(floatBelow(values[i]));
    below += counts[i];
  }
  return edges;
}

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** The largest number of single precision below `value`, which is one. */
export function floatBelow(value: number): number {
  float[0] = value;
  if (value === 0) bits[0] = -0x7fff_ffff;
  else bits[0] += value > 0 ? -1 : 1;
  return float[0];
}
