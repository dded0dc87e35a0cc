/** How many bins values have; one more is for missing values. */
const MAX_BINS = 255;
/** The edges of a feature in memory: those of the bins, and Infinity for the rest. */
export const EDGE_STRIDE = 256;

/**
 * The edges between the bins of a feature, midpoints between neighbouring
 * values: each distinct value has a bin of its own when there are at most
 * `maxBins`; otherwise the bins share the values out as evenly as their
 * multiplicities let them.
 *
 * @param sorted rising, without NaN
 * @returns at most `maxBins` - 1 edges, rising; a value is in the bin of the first edge that it is not above
 */
export function binEdges(sorted: Float64Array, maxBins = MAX_BINS): number[] {
  const starts = startsOfRuns(sorted);
  const nDistinct = starts.length;
  const edges: number[] = [];
  let first = 0;
  for (let run = 1; run < nDistinct; run++) {
    const binsLeft = maxBins - edges.length;
    if (binsLeft === 1) break;
    const inBin = starts[run] - starts[first];
    const rest = sorted.length - starts[first];
    // A bin ends when it has its share, or when the distinct values left need a bin each.
    if (inBin * binsLeft >= rest || nDistinct - run < binsLeft) {
      edges.push(between(sorted[starts[run] - 1], sorted[starts[run]]));
      first = run;
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

/** Where the distinct values of a sorted array begin. */
function startsOfRuns(sorted: Float64Array): number[] {
  const starts: number[] = [];
  for (let i = 0; i < sorted.length; i++) {
    if (i === 0 || sorted[i] !== sorted[i - 1]) starts.push(i);
  }
  return starts;
}
