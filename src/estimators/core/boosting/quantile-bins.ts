import type { Masses } from './binning-rule.js';

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
 * @param masses shape: n_distinct, how often each occurs, or the weight of its rows; summed up in place
 * @param maxBins the most bins
 * @param nRows the rows that have a value; unset: the sum of the masses
 */
export function quantileBins(values: Float64Array, masses: Masses, maxBins: number, nRows?: number): number[] {
  if (values.length <= maxBins) return Array.from(values.subarray(1), floatBelow);
  const upTo = sumUp(masses);
  let kept: Uint32Array | undefined;
  for (const size of summarySizes(nRows ?? upTo[upTo.length - 1], maxBins)) kept = thinOut(kept, upTo, size);
  // The first value begins the first bin, and the last one of a summary does not begin one.
  const nBins = Math.min(kept?.length ?? values.length, maxBins);
  return Array.from({ length: nBins - 1 }, (_, i) => floatBelow(values[kept === undefined ? i + 1 : kept[i + 1]]));
}

/** Makes masses those of all rows up to each value. */
function sumUp(masses: Masses): Masses {
  for (let i = 1; i < masses.length; i++) masses[i] += masses[i - 1];
  return masses;
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
 * @param from the places of the values, or undefined for all
 * @param ranks the mass of the rows up to each value
 */
function thinOut(from: Uint32Array | undefined, ranks: Masses, size: number): Uint32Array | undefined {
  const n = from === undefined ? ranks.length : from.length;
  if (n <= size) return from;
  const placeOf = (i: number) => (from === undefined ? i : from[i]);
  const upTo = (i: number) => ranks[placeOf(i)];
  const below = (i: number) => (placeOf(i) === 0 ? 0 : ranks[placeOf(i) - 1]);
  const last = n - 1;
  const first = upTo(0);
  const between = below(last) - first;
  const kept = new Uint32Array(size);
  kept[0] = placeOf(0);
  let nKept = 1;
  const keep = (i: number) => {
    const place = placeOf(i);
    if (place !== kept[nKept - 1]) kept[nKept++] = place;
  };
  // What lies between the ranks of a value and of the next one, doubled, as it is compared.
  let ahead = below(2) + upTo(2);
  for (let i = 1, step = 1; step < size - 1; step++) {
    const twice = 2 * Math.fround(Math.fround(Math.fround(step * between) / (size - 1)) + first);
    while (i < last && twice >= ahead) {
      i++;
      ahead = i < last ? below(i + 1) + upTo(i + 1) : 0;
    }
    if (i === last) break;
    keep(twice < upTo(i) + below(i + 1) ? i : i + 1);
  }
  keep(last);
  return kept.subarray(0, nKept);
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
