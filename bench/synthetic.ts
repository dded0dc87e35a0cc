/** Rows with their labels, and rows to ask about. */
export interface Problem {
  readonly columns: number;
  readonly classes: number;
  /** Shape: rows x columns. */
  readonly x: Float64Array<ArrayBuffer>;
  readonly y: Int32Array<ArrayBuffer>;
  /** Shape: queries x columns. */
  readonly q: Float64Array<ArrayBuffer>;
  readonly qy: Int32Array<ArrayBuffer>;
}

/**
 * Gaussian features, half of them informative; the label is the largest of
 * `classes` noisy scores with linear terms and products. Neither trivial nor
 * hopeless, and the same in every run.
 */
export function synthetic(rows: number, columns: number, classes: number, queries: number): Problem {
  const random = new Gaussian(rows + columns + classes);
  const informative = Math.max(2, Math.floor(columns / 2));
  const weights = Float64Array.from({ length: classes * informative }, () => random.next());
  const draw = (count: number) => {
    const x = new Float64Array(count * columns);
    const y = new Int32Array(count);
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < columns; j++) x[i * columns + j] = random.next();
      let best = -Infinity;
      for (let k = 0; k < classes; k++) {
        let score = 1.5 * random.next();
        for (let j = 0; j < informative; j++) {
          const product = x[i * columns + j] * x[i * columns + ((j + k + 1) % informative)];
          score += weights[k * informative + j] * (x[i * columns + j] + 0.5 * product);
        }
        if (score <= best) continue;
        best = score;
        y[i] = k;
      }
    }
    return { x, y };
  };
  const training = draw(rows);
  const { x: q, y: qy } = draw(queries);
  return { columns, classes, ...training, q, qy };
}

/** Normal numbers by Box and Muller's method, from a linear congruential generator. */
class Gaussian {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  next(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.#uniform()));
    return radius * Math.cos(2 * Math.PI * this.#uniform());
  }

  #uniform(): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#state / 2 ** 32;
  }
}
