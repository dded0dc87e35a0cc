import type { DistinctValues } from './sampled-columns.js';

/** How many bins values have; one more is for missing values. */
const MAX_BINS = 255;
/** The edges of a feature in memory: those of the bins, and Infinity for the rest. */
export const EDGE_STRIDE = 256;

/**
 * The edges between the bins of a feature, midpoints between neighbouring
 * values: each distinct value has a bin of its own when there are at most
 * `maxBins`; otherwise the bins share the rows out as evenly as the
 * multiplicities of the values let them.
 *
 * @returns at most `maxBins` - 1 edges, rising; a value is in the bin of the first edge that it is not above
 */
export function binEdges({ values, counts }: DistinctValues, maxBins = MAX_BINS): number[] {
  const edges: number[] = [];
  let rest = counts.reduce((sum, count) => sum + count, 0);
  let inBin = 0;
  for (let next = 1; next < values.length; next++) {
    const binsLeft = maxBins - edges.length;
    if (binsLeft === 1) break;
    inBin += counts[next - 1];
    // A bin ends when it has its share, or when the distinct values left need a bin each.
    if (inBin * binsLeft >= rest || values.length - next < binsLeft) {
      edges.push(between(values[next - 1], values[next]));
      rest -= inBin;
      inBin = 0;
    }
  }
  return edges;
}

/** The middle of `low` and a larger `high`; `low` itself where the middle is not below `high`. */
export function between(low: number, high: number): number {
  // Halves, since the sum could overflow.
  const middle = low / 2 + high / 2;
  return middle >= low && middle < high ? middle : low;
}
