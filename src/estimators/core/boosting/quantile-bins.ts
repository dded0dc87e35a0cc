/** How much finer XGBoost's sketch is than the bins (kFactor). */
const SKETCH = 8;

/**
 * Bins at the quantiles, as XGBoost cuts them: each begins with a value that
 * occurs, and all distinct values have bins of their own where there are at most
 * `maxBins`. Of more values a summary is kept, and thinned out again and again
 * (T. Chen and C. Guestrin, "XGBoost: A Scalable Tree Boosting System", 2016,
 * appendix A; `WQSummary::SetPrune` in its quantile.h, in single precision). The
 * cuts are XGBoost's own as long as its sketch takes all rows at once (4,098 for
 * 256 bins); of more it thins out parts of them, and cuts a little elsewhere.
 * A value is left of a cut when it is below the value that begins the bin.
 *
 * @param values shape: n_distinct, rising, in single precision
 * @param counts shape: n_distinct, how often each occurs
 */
export function quantileBins(values: Float64Array, counts: Uint32Array, maxBins: number): number[] {
  if (values.length <= maxBins) return Array.from(values.subarray(1), floatBelow);
  const ranks = ranksOf(counts);
  let kept = Uint32Array.from(values.keys());
  for (const size of summarySizes(ranks[counts.length], maxBins)) kept = thinOut(kept, ranks, size);
  // The first value begins the first bin, and the last one does not begin one.
  return Array.from(kept.subarray(1, Math.min(kept.length, maxBins)), (place) => floatBelow(values[place]));
}

/** The numbers of rows below each value, and that of all. */
function ranksOf(counts: Uint32Array): Uint32Array {
  const ranks = new Uint32Array(counts.length + 1);
  counts.forEach((count, i) => (ranks[i + 1] = ranks[i] + count));
  return ranks;
}

/** The sizes that the summary of a feature is thinned out to, one after the other. */
function summarySizes(nRows: number, maxBins: number): number[] {
  const bins = Math.min(maxBins, nRows);
  let levels = 1;
  const limit = () => Math.min(nRows, levels * SKETCH * bins + 1);
  while (2 ** levels * limit() < nRows) levels++;
  return [limit(), Math.min(nRows, SKETCH * maxBins), bins + 1];
}

/**
 * Keeps at most `size` of the values: the first one, the last one, and between
 * them those next to ranks at equal distances.
 *
 * @param from the places of the values
 */
function thinOut(from: Uint32Array<ArrayBuffer>, ranks: Uint32Array, size: number): Uint32Array<ArrayBuffer> {
  if (from.length <= size) return from;
  const below = (i: number) => ranks[from[i]];
  const upTo = (i: number) => ranks[from[i] + 1];
  const last = from.length - 1;
  const between = below(last) - upTo(0);
  const kept = [0];
  for (let i = 1, step = 1; step < size - 1; step++) {
    const twice = 2 * Math.fround(Math.fround(Math.fround(step * between) / (size - 1)) + upTo(0));
    while (i < last && twice >= below(i + 1) + upTo(i + 1)) i++;
    if (i === last) break;
    const next = twice < upTo(i) + below(i + 1) ? i : i + 1;
    if (next !== kept[kept.length - 1]) kept.push(next);
  }
  if (kept[kept.length - 1] !== last) kept.push(last);
  return Uint32Array.from(kept, (i) => from[i]);
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
