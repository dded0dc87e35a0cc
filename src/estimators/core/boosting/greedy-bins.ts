import { between } from '../bin-edges.js';

/**
 * Bins of about equal numbers of rows, as LightGBM cuts them: values that are as
 * frequent as a whole bin have one of their own, and the others share the rest
 * (G. Ke et al., "LightGBM: A Highly Efficient Gradient Boosting Decision Tree",
 * 2017, section 2.1; `GreedyFindBin` in its bin.cpp). Cuts are halfway between values.
 *
 * @param values shape: n_distinct, rising
 * @param counts shape: n_distinct, how often each occurs
 * @param minInBin the fewest rows of a bin
 */
export function greedyBins(values: Float64Array, counts: Uint32Array, maxBins: number, minInBin: number): number[] {
  return values.length <= maxBins ? ownBins(values, counts, minInBin) : sharedBins(values, counts, maxBins, minInBin);
}

function ownBins(values: Float64Array, counts: Uint32Array, minInBin: number): number[] {
  const edges: number[] = [];
  let inBin = 0;
  for (let i = 0; i + 1 < values.length; i++) {
    inBin += counts[i];
    if (inBin < minInBin) continue;
    edges.push(between(values[i], values[i + 1]));
    inBin = 0;
  }
  return edges;
}

function sharedBins(values: Float64Array, counts: Uint32Array, most: number, minInBin: number): number[] {
  const total = sumOf(counts);
  const maxBins = Math.max(1, Math.min(most, Math.floor(total / Math.max(1, minInBin))));
  const fullBin = total / maxBins;
  const isBig = (i: number) => counts[i] >= fullBin;
  // What the values share that have no bin of their own.
  let binsLeft = maxBins;
  let rowsLeft = total;
  for (let i = 0; i < counts.length; i++) {
    if (!isBig(i)) continue;
    binsLeft--;
    rowsLeft -= counts[i];
  }
  let share = rowsLeft / binsLeft;

  const edges: number[] = [];
  let inBin = 0;
  for (let i = 0; i + 1 < values.length && edges.length < maxBins - 1; i++) {
    const big = isBig(i);
    if (!big) rowsLeft -= counts[i];
    inBin += counts[i];
    const full = big || inBin >= share || (isBig(i + 1) && inBin >= Math.max(1, share / 2));
    if (!full) continue;
    edges.push(between(values[i], values[i + 1]));
    inBin = 0;
    if (big) continue;
    binsLeft--;
    share = rowsLeft / binsLeft;
  }
  return edges;
}

/** `reduce` takes several times as long. */
function sumOf(counts: Uint32Array): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += counts[i];
  return sum;
}
