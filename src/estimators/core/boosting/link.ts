/**
 * Writes the probabilities of two classes: the sigmoid of a score for the second
 * one, and what is left to 1 for the first one.
 *
 * @param scores shape: n, the log-odds of the second class
 * @param probabilities written from `at` on, row by row (shape: n x 2)
 * @param at where the first row's begin
 */
export function sigmoids(scores: Float64Array, n: number, probabilities: Float64Array, at: number): void {
  for (let row = 0; row < n; row++, at += 2) {
    const score = scores[row];
    // Of the two forms, the one whose exponential cannot overflow.
    const less = Math.exp(-Math.abs(score));
    const likely = 1 / (1 + less);
    const unlikely = less / (1 + less);
    probabilities[at] = score >= 0 ? unlikely : likely;
    probabilities[at + 1] = score >= 0 ? likely : unlikely;
  }
}

/**
 * Writes the softmax of each row's scores.
 *
 * @param scores shape: n x nClasses, row by row
 * @param probabilities written from `at` on, row by row (shape: n x nClasses)
 * @param at where the first row's begin
 */
export function softmaxes(
  scores: Float64Array,
  n: number,
  nClasses: number,
  probabilities: Float64Array,
  at: number,
): void {
  for (let from = 0; from < n * nClasses; from += nClasses, at += nClasses) {
    let largest = -Infinity;
    for (let k = 0; k < nClasses; k++) largest = Math.max(largest, scores[from + k]);
    let sum = 0;
    for (let k = 0; k < nClasses; k++) sum += probabilities[at + k] = Math.exp(scores[from + k] - largest);
    for (let k = 0; k < nClasses; k++) probabilities[at + k] /= sum;
  }
}
