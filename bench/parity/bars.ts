import { mean } from '../report/statistics.js';
import type { Paired } from './paired.js';

/** How much larger a loss may be: by a share of theirs, or by so much; one or the other. */
export interface Bar {
  readonly share: number;
  readonly difference: number;
}

/** On the average of all data sets, and on any. */
export const AVERAGE: Bar = { share: 0.01, difference: 0.002 };
export const ANY: Bar = { share: 0.03, difference: 0.005 };

export function formatBar({ share, difference }: Bar): string {
  return `≤ +${100 * share} % or +${difference}`;
}

type Difference = Pick<Paired, 'relative' | 'difference'>;

export function holds({ relative, difference }: Difference, bar: Bar): boolean {
  return relative <= bar.share || difference <= bar.difference;
}

/** Which figures of a bar hold: "both", "+3 %", "+0.005" or "neither". */
export function formatHeld({ relative, difference }: Difference, bar: Bar): string {
  const [byShare, byDifference] = [relative <= bar.share, difference <= bar.difference];
  if (byShare === byDifference) return byShare ? 'both' : 'neither';
  return byShare ? `+${100 * bar.share} %` : `+${bar.difference}`;
}

/** The data sets of a setting together. */
export interface Average extends Pick<Paired, 'difference' | 'relative' | 'error'> {
  /** The number of the set with the largest relative difference. */
  readonly worst: number;
  readonly holds: boolean;
}

/** The average over data sets, each of which counts the same. */
export function averageOf(sets: readonly Paired[]): Average {
  const relatives = sets.map(({ relative }) => relative);
  const average = { relative: mean(relatives), difference: mean(sets.map(({ difference }) => difference)) };
  return {
    ...average,
    error: Math.sqrt(sets.reduce((sum, { error }) => sum + error ** 2, 0)) / sets.length,
    worst: relatives.indexOf(Math.max(...relatives)),
    holds: holds(average, AVERAGE) && sets.every((set) => holds(set, ANY)),
  };
}
