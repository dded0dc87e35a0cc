import { exponential, logarithm } from './logarithm.js';

/** CatBoost's table of automatic learning rates, without a base score (options_helper.cpp): A, B and C. */
const TWO_CLASSES = { last: [0.427, -7.525, -0.917], best: [0.247, -5.158, -0.435] } as const;
const MORE_CLASSES = { last: [0.051, -2.889, -0.845], best: [0.02, -2.364, -0.382] } as const;
const LARGEST = 0.5;

/**
 * CatBoost's automatic learning rate: e^(A ln n_rows + B) (iterations / 1000)^C, at
 * most 0.5, to six decimals.
 *
 * @param keepsBest whether the best iteration is kept, by rows that are held out, rather than the last one
 */
export function automaticRate(nRows: number, nClasses: number, iterations: number, keepsBest: boolean): number {
  const log = logarithm();
  const [a, b, c] = (nClasses === 2 ? TWO_CLASSES : MORE_CLASSES)[keepsBest ? 'best' : 'last'];
  const rate = exponential(a * log(nRows) + b + c * log(iterations / 1000));
  return Math.round(Math.min(LARGEST, rate) * 1e6) / 1e6;
}
