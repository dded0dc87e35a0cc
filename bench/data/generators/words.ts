import type { DataSet } from '../data-set.js';
import { Random } from '../random.js';

/** What a table with columns of words is made of: first columns of numbers, then those of words. */
export interface WordsShape {
  readonly classes: number;
  /** How many columns of numbers there are; half of them, at least one, say something. */
  readonly numbers: number;
  /** How many categories each column of words has. */
  readonly categories: readonly number[];
  /** Two columns of words whose pairs say something that neither says alone, by their place in `categories`. */
  readonly pairs?: readonly [number, number];
}

/** Draws so many rows, others with each call. */
export type Rows = (rows: number) => Pick<DataSet, 'x' | 'y'>;

/** How much the parts of a score count, as standard deviations. */
const NOISE = 1.5;
const OF_WORD = 1.5;
const OF_PAIR = 1.5;

/**
 * Rows of numbers and words. The label is the largest of noisy scores, one a
 * class: linear terms and products of numbers, an effect of each word, and one of
 * each pair. Words are as frequent as Zipf's law has it, in no order of theirs,
 * and each occurs in the rows that are drawn first, if these are twice as many.
 */
export function words({ classes, numbers, categories, pairs }: WordsShape, seed: number): Rows {
  const plan = new Random(seed + 1);
  const effects = (count: number, size: number) => Float64Array.from({ length: count }, () => size * plan.normal());
  const informative = Math.max(1, Math.floor(numbers / 2));
  const slopes = effects(classes * informative, 1);
  const ofWords = categories.map((count) => effects(classes * count, OF_WORD));
  const ofPairs = new Map<number, Float64Array>();
  const dealers = categories.map((count) => dealer(count, plan));
  const random = new Random(seed);

  const columns = numbers + categories.length;
  /** The effect of a pair on each class, drawn when it first occurs. */
  const effectsOfPair = (row: Float64Array): Float64Array | undefined => {
    if (pairs === undefined) return undefined;
    const [one, other] = pairs.map((column) => row[numbers + column]);
    const pair = one * categories[pairs[1]] + other;
    const known = ofPairs.get(pair) ?? effects(classes, OF_PAIR);
    ofPairs.set(pair, known);
    return known;
  };
  const scoreOf = (row: Float64Array, k: number, ofPair: Float64Array | undefined): number => {
    let score = NOISE * random.normal() + (ofPair?.[k] ?? 0);
    for (let j = 0; j < Math.min(informative, numbers); j++) {
      score += slopes[k * informative + j] * (row[j] + 0.5 * row[j] * row[(j + k + 1) % informative]);
    }
    for (const [c, effect] of ofWords.entries()) score += effect[row[numbers + c] * classes + k];
    return score;
  };

  return (rows) => {
    const dealt = dealers.map((deal) => deal(rows, random));
    const x = new Float64Array(rows * columns);
    const y = Int32Array.from({ length: rows }, (_, i) => {
      const row = x.subarray(i * columns, (i + 1) * columns);
      for (let j = 0; j < numbers; j++) row[j] = random.normal();
      for (const [c, own] of dealt.entries()) row[numbers + c] = own[i];
      const ofPair = effectsOfPair(row);
      const scores = Array.from({ length: classes }, (__, k) => scoreOf(row, k, ofPair));
      return scores.indexOf(Math.max(...scores));
    });
    return { x, y };
  };
}

/** Deals out `count` categories, the most frequent one twice as often as the second, thrice as often as the third, and so on. */
function dealer(count: number, plan: Random): (rows: number, random: Random) => Int32Array {
  const byRank = plan.shuffled(Array.from({ length: count }, (_, category) => category));
  const sums = new Float64Array(count);
  byRank.forEach((_, rank) => (sums[rank] = (sums[rank - 1] ?? 0) + 1 / (rank + 1)));
  const counts = new Uint32Array(count);
  return (rows, random) => {
    const dealt = Int32Array.from({ length: rows }, () => byRank[rankAt(sums, random.uniform() * sums[count - 1])]);
    for (const category of dealt) counts[category]++;
    if (rows < 2 * count) return dealt;
    for (const category of counts.keys()) {
      // What has not occurred takes the place of what has more than once.
      while (counts[category] === 0) {
        const row = Math.floor(random.uniform() * rows);
        if (counts[dealt[row]] < 2) continue;
        counts[dealt[row]]--;
        dealt[row] = category;
        counts[category]++;
      }
    }
    return dealt;
  };
}

/** The first place whose sum is above `value`. */
function rankAt(sums: Float64Array, value: number): number {
  let from = 0;
  let to = sums.length - 1;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (sums[middle] > value) to = middle;
    else from = middle + 1;
  }
  return from;
}
