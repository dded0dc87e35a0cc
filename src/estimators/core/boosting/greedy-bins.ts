import type { Masses } from './binning-rule.js';
import { between } from '../bin-edges.js';

/** What lies no further from 0 counts as 0. */
const ZERO = 1e-35;

/**
 * Bins of about equal numbers of rows, as LightGBM cuts them: values that are as
 * frequent as a whole bin have one of their own, and the others share the rest;
 * so does 0, which parts the bins of negative values from those of positive ones
 * (`FindBinWithZeroAsOneBin` and `GreedyFindBin` in its bin.cpp). Other cuts are
 * halfway between values.
 *
 * @param values shape: n_distinct, rising
 * @param counts shape: n_distinct, how often each occurs
 * @param maxBins the most bins, that of 0 included, at least 1
 * @param minInBin the fewest rows that a bin is meant to have, at least 1; that of
 * 0, one beside a frequent value, and the last one of each sign may have fewer
 * @returns the edges between the bins, rising, at most `maxBins` - 1; a value is in
 * the bin of the first edge that it is not above
 */
export function greedyBins(values: Float64Array, counts: Masses, maxBins: number, minInBin: number): number[] {
  const end = values.length;
  const firstZero = firstAbove(values, -ZERO);
  const firstPositive = firstAbove(values, ZERO);
  const nNegative = sumOf(counts, 0, firstZero);
  const nPositive = sumOf(counts, firstPositive, end);

  const edges: number[] = [];
  if (nNegative > 0 && maxBins > 1) {
    const share = Math.floor((nNegative / (nNegative + nPositive)) * (maxBins - 1));
    const ofNegative = { values, counts, from: 0, to: firstZero };
    edges.push(...binsOf(ofNegative, nNegative, Math.max(1, share), minInBin), -ZERO);
  }
  const rest = maxBins - 1 - edges.length;
  if (nPositive > 0 && rest > 0) {
    const ofPositive = { values, counts, from: firstPositive, to: end };
    edges.push(ZERO, ...binsOf(ofPositive, nPositive, rest, minInBin));
  }
  return edges;
}

/** Values [from, to), with how often each occurs. */
interface Stretch {
  readonly values: Float64Array;
  readonly counts: Masses;
  readonly from: number;
  readonly to: number;
}

function binsOf(stretch: Stretch, total: number, maxBins: number, minInBin: number): number[] {
  return stretch.to - stretch.from <= maxBins
    ? ownBins(stretch, minInBin)
    : sharedBins(stretch, total, maxBins, minInBin);
}

function ownBins({ values, counts, from, to }: Stretch, minInBin: number): number[] {
  const edges: number[] = [];
  let inBin = 0;
  for (let i = from; i + 1 < to; i++) {
    inBin += counts[i];
    if (inBin < minInBin) continue;
    edges.push(between(values[i], values[i + 1]));
    inBin = 0;
  }
  return edges;
}

function sharedBins({ values, counts, from, to }: Stretch, total: number, most: number, minInBin: number): number[] {
  const maxBins = Math.max(1, Math.min(most, Math.floor(total / minInBin)));
  const fullBin = total / maxBins;
  // What the values share that have no bin of their own.
  let binsLeft = maxBins;
  let rowsLeft = total;
  for (let i = from; i < to; i++) {
    if (counts[i] < fullBin) continue;
    binsLeft--;
    rowsLeft -= counts[i];
  }
  let share = rowsLeft / binsLeft;

  const edges: number[] = [];
  let inBin = 0;
  for (let i = from; i + 1 < to && edges.length < maxBins - 1; i++) {
    const big = counts[i] >= fullBin;
    if (!big) rowsLeft -= counts[i];
    inBin += counts[i];
    const full = big || inBin >= share || (counts[i + 1] >= fullBin && inBin >= Math.max(1, share / 2));
    if (!full) continue;
    edges.push(between(values[i], values[i + 1]));
    inBin = 0;
    if (big) continue;
    binsLeft--;
    share = rowsLeft / binsLeft;
  }
  return edges;
}

/** The place of the first value above `bound`. */
function firstAbove(values: Float64Array, bound: number): number {
  const place = values.findIndex((value) => value > bound);
  return place === -1 ? values.length : place;
}

function sumOf(counts: Masses, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += counts[i];
  return sum;
}
