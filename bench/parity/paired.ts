import { mean } from '../report/statistics.js';

/** Losses of ours and of its namesake on the same rows, seed by seed. */
export interface Losses {
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
}

/** How far apart paired losses are; above 0, ours is the larger. */
export interface Paired {
  /** Means over the seeds. */
  readonly ours: number;
  readonly theirs: number;
  readonly difference: number;
  /** The mean difference as a share of their mean loss, and its standard error. */
  readonly relative: number;
  readonly error: number;
  /** The largest difference of a seed, as a share of their loss with that seed. */
  readonly worst: number;
}

/** Compares losses pair by pair; at least two pairs. */
export function paired({ ours, theirs }: Losses): Paired {
  const differences = ours.map((loss, seed) => loss - theirs[seed]);
  const difference = mean(differences);
  const their = mean(theirs);
  const variance = differences.reduce((sum, value) => sum + (value - difference) ** 2, 0) / (differences.length - 1);
  return {
    ours: mean(ours),
    theirs: their,
    difference,
    relative: difference / their,
    error: Math.sqrt(variance / differences.length) / their,
    worst: Math.max(...differences.map((value, seed) => value / theirs[seed])),
  };
}
