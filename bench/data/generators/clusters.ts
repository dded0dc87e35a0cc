import type { DataSet } from '../data-set.js';
import { Random } from '../random.js';
import { drawSet } from './draw-set.js';

const INFORMATIVE = 8;
const REDUNDANT = 4;
const NOISE = 4;
const CLUSTERS_OF_CLASS = 2;
/** How far the corners are from the centre, and the share of labels that are drawn. */
const SEPARATION = 1.5;
const FLIPPED = 0.02;

/**
 * Clusters at the corners of a hypercube, each stretched and turned its own way,
 * with combinations of their features and with noise beside them, as scikit-learn's
 * `make_classification` draws them (I. Guyon, "Design of experiments for the NIPS
 * 2003 variable selection benchmark", 2003).
 */
export function clusters(rows: number, classes: number, seed: number): DataSet {
  const plan = new Random(seed + 1);
  const matrix = (size: number) => Float64Array.from({ length: size }, () => 2 * plan.uniform() - 1);
  const corners = plan.shuffled(Array.from({ length: 2 ** INFORMATIVE }, (_, corner) => corner));
  const turns = Array.from({ length: classes * CLUSTERS_OF_CLASS }, () => matrix(INFORMATIVE * INFORMATIVE));
  const combined = matrix(REDUNDANT * INFORMATIVE);
  const columns = INFORMATIVE + REDUNDANT + NOISE;
  return drawSet({ name: 'clusters', rows, columns, classes, seed }, (row, label, random) => {
    const cluster = label * CLUSTERS_OF_CLASS + Math.floor(random.uniform() * CLUSTERS_OF_CLASS);
    const point = Float64Array.from({ length: INFORMATIVE }, () => random.normal());
    const informative = row.subarray(0, INFORMATIVE);
    informative.set(times(turns[cluster], point));
    for (const j of informative.keys()) informative[j] += (corners[cluster] >> j) & 1 ? SEPARATION : -SEPARATION;
    row.set(times(combined, informative), INFORMATIVE);
    for (let j = columns - NOISE; j < columns; j++) row[j] = random.normal();
    return random.uniform() < FLIPPED ? Math.floor(random.uniform() * classes) : label;
  });
}

/** The product of a matrix (row-major) and a vector. */
function times(matrix: Float64Array, vector: Float64Array): Float64Array {
  return Float64Array.from({ length: matrix.length / vector.length }, (_, i) =>
    vector.reduce((sum, value, j) => sum + matrix[i * vector.length + j] * value, 0),
  );
}
