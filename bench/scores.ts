/** The most probable class of each row; of equally probable ones, the first. */
export function labelsOf(probabilities: Float64Array, classes: number): Int32Array {
  return Int32Array.from({ length: probabilities.length / classes }, (_, row) => {
    let best = 0;
    for (let k = 1; k < classes; k++) {
      if (probabilities[row * classes + k] > probabilities[row * classes + best]) best = k;
    }
    return best;
  });
}

/** How many of the labels are the true ones. */
export function countEqual(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let count = 0;
  for (let i = 0; i < a.length; i++) if (a[i] === b[i]) count++;
  return count;
}

export function accuracyOf(probabilities: Float64Array, y: Int32Array, classes: number): number {
  return countEqual(labelsOf(probabilities, classes), y) / y.length;
}

/** The mean negative log-likelihood of the true class, in nats. */
export function logLossOf(probabilities: Float64Array, y: Int32Array, classes: number): number {
  let sum = 0;
  y.forEach((label, row) => (sum -= Math.log(Math.max(Number.EPSILON, probabilities[row * classes + label]))));
  return sum / y.length;
}

/** The squared distances of the rows' probabilities from the indicator of the true class, on average. */
export function brierOf(probabilities: Float64Array, y: Int32Array, classes: number): number {
  let sum = 0;
  probabilities.forEach((p, i) => {
    sum += (p - (y[Math.floor(i / classes)] === i % classes ? 1 : 0)) ** 2;
  });
  return sum / y.length;
}

/** The largest difference of a probability in each row. */
export function differencesOf(a: Float64Array, b: Float64Array, classes: number): Float64Array {
  const differences = new Float64Array(a.length / classes);
  a.forEach((p, i) => {
    const row = Math.floor(i / classes);
    differences[row] = Math.max(differences[row], Math.abs(p - b[i]));
  });
  return differences;
}

export function largestOf(values: Float64Array): number {
  return values.reduce((largest, value) => Math.max(largest, value), 0);
}
