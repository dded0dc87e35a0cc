import type { StatisticKind, Test } from './projection.js';
import { COUNTER_LANE, PRIORS } from './statistics-size.js';

// How tensors tell of statistics and tests in numbers.

/** `x > limit`; the same, or missing; `x === limit`: see kernels/assembly/statistic-tables.ts. */
const ABOVE = 0;
const ABOVE_OR_MISSING = 1;
const EQUAL = 2;

export function ruleOf(test: Test): number {
  if ('category' in test) return EQUAL;
  return test.missing ? ABOVE_OR_MISSING : ABOVE;
}

export function limitOf(test: Test): number {
  return 'category' in test ? test.category : test.border;
}

/** @throws RangeError for a rule that there is not. */
export function testOf(column: number, rule: number, limit: number): Test {
  if (rule > EQUAL) throw new RangeError('a test of a projection is not valid');
  return rule === EQUAL ? { column, category: limit } : { column, border: limit, missing: rule === ABOVE_OR_MISSING };
}

/** The lane of a statistic: the number of its prior, or the Counter's. */
export function laneOf(kind: StatisticKind): number {
  return kind.kind === 'counter' ? COUNTER_LANE : PRIORS.indexOf(kind.prior);
}

export function borderOf(kind: StatisticKind): number {
  return kind.kind === 'counter' ? 0 : kind.targetBorder;
}

/** @throws RangeError for a lane that there is not. */
export function kindOf(lane: number, targetBorder: number): StatisticKind {
  if (lane === COUNTER_LANE && targetBorder === 0) return { kind: 'counter' };
  if (lane >= COUNTER_LANE) throw new RangeError('a statistic is not valid');
  return { kind: 'target', targetBorder, prior: PRIORS[lane] };
}

/** The bins of no rows at all, by lanes. */
const ABSENT_BINS = [0, 7, 15, 0];

export function entryBytesOf(nStatistics: number): number {
  return Math.ceil(nStatistics / 2);
}

/** The entry of tuples that no row has: 4 bits a statistic. */
export function absentEntry(kinds: readonly StatisticKind[]): Uint8Array {
  const entry = new Uint8Array(entryBytesOf(kinds.length));
  kinds.forEach((kind, i) => (entry[i >> 1] |= ABSENT_BINS[laneOf(kind)] << (4 * (i & 1))));
  return entry;
}
