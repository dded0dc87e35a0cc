import type { Problem } from '../../data/problem.js';
import { synthetic } from '../../data/synthetic.js';

/** A forest that takes longer than any load. */
export const FOREST = { nEstimators: 5000 } as const;

/** The rows it is trained on. */
export function forestRows(): Problem {
  return synthetic(20_000, 20, 2, 1);
}
