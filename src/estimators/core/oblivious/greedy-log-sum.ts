import { Heap } from '../boosting/heap.js';
import type { Logarithm } from './logarithm.js';

/** Values [from, to) of a column, and where they would be parted. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  /** The first value of the right part. */
  readonly cut: number;
  readonly gain: number;
}

/** What CatBoost adds to counts before it takes their logarithms. */
const EPSILON = 1e-8;

/**
 * Borders as CatBoost's GreedyLogSum sets them: next to the median of the part
 * of the rows that gains most by it in the sum of the logarithms of the parts'
 * sizes, again and again (`TGreedyBinarizer` in its binarization.cpp). They are
 * halfway between values, in single precision.
 *
 * @param values shape: n_distinct, rising, in single precision
 * @param counts shape: n_distinct, how often each occurs
 * @returns at most `most` borders, rising; a value is above a border when it is larger
 */
export function greedyLogSum(values: Float64Array, counts: Uint32Array, most: number, log: Logarithm): number[] {
  const before = rowsBefore(counts);
  const stretches = new Heap<Stretch>((a, b) => a.gain > b.gain || (a.gain === b.gain && a.from < b.from));
  const push = (from: number, to: number) => stretches.push(bestCut(before, from, to, log));
  push(0, values.length);
  const cuts: number[] = [];
  while (cuts.length < most) {
    const { from, to, cut, gain } = stretches.pop() as Stretch;
    if (gain === -Infinity) break;
    cuts.push(cut);
    push(from, cut);
    push(cut, to);
  }
  // Adding 0 makes 0 of -0.
  return cuts.toSorted((a, b) => a - b).map((cut) => Math.fround(values[cut - 1] / 2 + values[cut] / 2) + 0);
}

/** Shape: n_distinct + 1, the rows below each value, and all of them. */
function rowsBefore(counts: Uint32Array): Uint32Array {
  const before = new Uint32Array(counts.length + 1);
  counts.forEach((count, i) => (before[i + 1] = before[i] + count));
  return before;
}

/** The better side of the value that the row in the middle has. */
function bestCut(before: Uint32Array, from: number, to: number, log: Logarithm): Stretch {
  const [begin, end] = [before[from], before[to]];
  const middle = begin + Math.floor((end - begin) / 2);
  // The value that row has: the last one with no more rows below it.
  let low = from;
  for (let high = to - 1; low < high;) {
    const place = (low + high + 1) >> 1;
    if (before[place] <= middle) low = place;
    else high = place - 1;
  }
  const all = log(end - begin + EPSILON);
  const gainOf = (cut: number) => {
    const [left, right] = [before[cut] - begin, end - before[cut]];
    return left === 0 || right === 0 ? -Infinity : log(left + EPSILON) + log(right + EPSILON) - all;
  };
  const [below, above] = [gainOf(low), gainOf(low + 1)];
  return below >= above ? { from, to, cut: low, gain: below } : { from, to, cut: low + 1, gain: above };
}
