import type { Problem } from './problem.js';
import { Random } from './random.js';

/**
 * Gaussian features, half of them informative; the label is the largest of
 * `classes` noisy scores with linear terms and products. Neither trivial nor
 * hopeless, and the same in every run.
 */
export function synthetic(rows: number, columns: number, classes: number, queries: number): Problem {
  const random = new Random(rows + columns + classes);
  const informative = Math.max(2, Math.floor(columns / 2));
  const weights = Float64Array.from({ length: classes * informative }, () => random.normal());
  const draw = (count: number) => {
    const x = new Float64Array(count * columns);
    const y = new Int32Array(count);
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < columns; j++) x[i * columns + j] = random.normal();
      let best = -Infinity;
      for (let k = 0; k < classes; k++) {
        let score = 1.5 * random.normal();
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
