import type { TrainingSet } from '../estimator.js';
import { bestSplit, type Split } from './best-split.js';
import { drawVaryingFeatures } from './draw-features.js';
import type { ForestWriter } from './forest-tensors.js';
import { orderByClass } from './order-by-class.js';
import type { Random } from './random.js';

/** Where a tree stops growing, and how much of the data its splits see. */
export interface TreeLimits {
  readonly maxDepth: number;
  readonly minSamplesSplit: number;
  readonly maxFeatures: number;
}

/** Rows [begin, end) of the tree's sample, which become one node. */
interface Pending {
  readonly begin: number;
  readonly end: number;
  readonly depth: number;
  /** The split whose right side this is; -1 for left sides, which follow their split. */
  readonly rightOf: number;
}

/**
 * Grows one classification tree on `sample` (row indexes, which it reorders) and
 * writes its nodes in pre-order. Trees grow until their leaves are pure, or no
 * feature varies, or a limit holds. An own stack, since a tree of n rows can be
 * n - 1 levels deep.
 */
export function growTree(
  training: TrainingSet,
  sample: Int32Array,
  limits: TreeLimits,
  random: Random,
  writer: ForestWriter,
): void {
  const { x, y, nFeatures, nClasses } = training;
  const counts = new Int32Array(nClasses);
  const pending: Pending[] = [{ begin: 0, end: sample.length, depth: 0, rightOf: -1 }];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const { begin, end, depth, rightOf } = node;
    if (rightOf >= 0) writer.setRight(rightOf);
    const rows = sample.subarray(begin, end);
    counts.fill(0);
    for (const row of rows) counts[y[row]]++;

    const grows = rows.length >= limits.minSamplesSplit && depth < limits.maxDepth && !isPure(counts, rows.length);
    const features = grows ? drawVaryingFeatures(training, rows, limits.maxFeatures, random) : [];
    if (features.length === 0) {
      writer.leaf(counts, rows.length);
      continue;
    }
    const { feature, threshold, nBelow } = split(training, rows, features, counts, random);
    partition(rows, (row) => x[row * nFeatures + feature] < threshold);
    const written = writer.split(feature, threshold);
    pending.push({ begin: begin + nBelow, end, depth: depth + 1, rightOf: written });
    pending.push({ begin, end: begin + nBelow, depth: depth + 1, rightOf: -1 });
  }
}

function isPure(counts: Int32Array, total: number): boolean {
  return counts.includes(total);
}

function split(
  { x, y, nFeatures }: TrainingSet,
  rows: Int32Array,
  features: readonly number[],
  counts: Int32Array,
  random: Random,
): { feature: number; threshold: number; nBelow: number } {
  const ordered = orderByClass(rows, y, counts);
  const values = Array.from(ordered.rows, (row) => features.map((feature) => x[row * nFeatures + feature]));
  const cutBy = ({ column, threshold }: Split) => {
    let nBelow = 0;
    for (const row of values) if (row[column] < threshold) nBelow++;
    return { feature: features[column], threshold, nBelow };
  };

  const best = cutBy(bestSplit(values, ordered.labels, random.next() | 0));
  if (best.nBelow > 0 && best.nBelow < rows.length) return best;
  // No single cut makes these rows purer (XOR is such a case), and the package
  // then names one that leaves a side empty. As in scikit-learn any real cut
  // will do: what comes below it can separate the classes.
  return cutBy({ column: 0, threshold: middle(values.map((row) => row[0])) });
}

/** A threshold with values on both sides; `values` differ. */
function middle(values: readonly number[]): number {
  let min = Infinity;
  let max = -Infinity;
  for (const value of values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  const centre = min / 2 + max / 2;
  // Between neighbouring numbers there is no third one.
  return centre > min ? centre : max;
}

/** Moves the rows that pass before the others. */
function partition(rows: Int32Array, passes: (row: number) => boolean): void {
  let next = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (!passes(row)) continue;
    rows[i] = rows[next];
    rows[next++] = row;
  }
}
