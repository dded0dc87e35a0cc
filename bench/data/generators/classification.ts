import type { Problem } from '../problem.js';
import { Random } from '../random.js';

const INFORMATIVE = 2;
const REDUNDANT = 2;
const CLUSTERS_OF_CLASS = 2;
const FLIPPED = 0.01;

/**
 * Two classes as scikit-learn's `make_classification` draws them by default: of
 * the columns two are informative, with two clusters a class at the corners of a
 * square, each stretched and turned its own way; two combine those; the others
 * are noise. A hundredth of the labels are drawn. The same in every run, and quick
 * enough for millions of rows.
 */
export function classification(rows: number, columns: number, queries: number): Problem {
  const plan = new Random(columns);
  const matrix = () => Float64Array.from({ length: INFORMATIVE * INFORMATIVE }, () => 2 * plan.uniform() - 1);
  const corners = plan.shuffled([0, 1, 2, 3]);
  const turns = Array.from({ length: 2 * CLUSTERS_OF_CLASS }, matrix);
  const [a, b, c, d] = matrix();
  const random = new Random(rows);
  const draw = (count: number) => {
    const x = new Float64Array(count * columns);
    const y = new Int32Array(count);
    for (let i = 0; i < count; i++) {
      const first = i * columns;
      const label = i % 2;
      const cluster = label * CLUSTERS_OF_CLASS + Math.floor(random.uniform() * CLUSTERS_OF_CLASS);
      const turn = turns[cluster];
      const p = random.normal();
      const q = random.normal();
      const u = p * turn[0] + q * turn[2] + (corners[cluster] & 1 ? 1 : -1);
      const v = p * turn[1] + q * turn[3] + (corners[cluster] & 2 ? 1 : -1);
      x[first] = u;
      x[first + 1] = v;
      x[first + INFORMATIVE] = a * u + b * v;
      x[first + INFORMATIVE + 1] = c * u + d * v;
      for (let j = INFORMATIVE + REDUNDANT; j < columns; j++) x[first + j] = random.normal();
      y[i] = random.uniform() < FLIPPED ? Math.floor(random.uniform() * 2) : label;
    }
    return { x, y };
  };
  const training = draw(rows);
  const { x: q, y: qy } = draw(queries);
  return { columns, classes: 2, ...training, q, qy };
}
