import type { DataSet } from './data-set.js';
import { Random } from './random.js';

/** The set, with that share of its numbers missing completely at random. */
export function withGaps(set: DataSet, share: number, seed: number): DataSet {
  const random = new Random(seed);
  return withMissing(set, `${set.name}, ${100 * share} % missing`, () => random.uniform() < share);
}

/** The set, with the numbers missing that are further from 0 than `range`: that they are missing says something. */
export function withinRange(set: DataSet, range: number): DataSet {
  return withMissing(set, `${set.name}, missing beyond ±${range}`, (value) => Math.abs(value) > range);
}

function withMissing(set: DataSet, name: string, isMissing: (value: number) => boolean): DataSet {
  const { columns, categorical = [] } = set;
  const x = set.x.map((value, at) => (!categorical.includes(at % columns) && isMissing(value) ? NaN : value));
  return { ...set, name, x };
}
