import type { TrainingSet } from '../../../../src/estimators/estimator.js';
import type { Tensors } from '../../../../src/estimators/tensor.js';
import {
  leafValue,
  type NaiveRows,
  type NaiveRules,
  type Precision,
  requireGreedyTree,
  type SeenTree,
} from './naive-growth.js';

/** Boosting as the definitions have it, for tables whose distinct values all have bins of their own. */
export interface NaivePlan extends NaiveRules, Precision {
  readonly iterations: number;
  /** What p (1 - p) is multiplied by where there are more than two classes. */
  readonly hessianFactor: number;
  /** Shape: n_outputs. */
  readonly baseScore: readonly number[];
  /** What the weights of each class's rows are multiplied by (shape: n_classes); absent: 1. */
  readonly classFactors?: readonly number[];
  /** Whether boosting ends when no tree of an iteration splits, and trees without a split add nothing. */
  readonly splitsOnly: boolean;
}

/**
 * Boosts again, slowly, and compares each tree with that of the tensors; then
 * goes on with the latter.
 *
 * @returns shape: n_samples x n_outputs, the scores after the last tree
 * @throws Error that says what is wrong with the model.
 */
export function requireBoosted(tensors: Tensors, training: TrainingSet, plan: NaivePlan): number[][] {
  const { nSamples, y, nClasses } = training;
  const rows = [...Array(nSamples).keys()];
  const bins = binsOf(training);
  const weights = rows.map((row) => (training.sampleWeight?.[row] ?? 1) * (plan.classFactors?.[y[row]] ?? 1));
  const scores = rows.map(() => [...plan.baseScore]);
  const trees = treesOf(tensors, training);
  const nOutputs = plan.baseScore.length;
  const data = (output: number, probabilities: readonly (readonly number[])[]): NaiveRows => ({
    ...bins,
    gradients: rows.map((row) => weights[row] * (probabilities[row][output] - truth(y[row], output, nOutputs))),
    hessians: rows.map((row) => {
      const p = probabilities[row][output];
      return weights[row] * (nClasses > 2 ? plan.hessianFactor : 1) * p * (1 - p);
    }),
  });
  for (let iteration = 0; iteration < plan.iterations; iteration++) {
    const probabilities = scores.map(probabilitiesOf);
    const grown = trees.slice(iteration * nOutputs, (iteration + 1) * nOutputs);
    if (grown.length === 0 && !plan.splitsOnly) throw new Error(`there are no trees of iteration ${iteration}`);
    for (let output = 0; output < nOutputs; output++) {
      const ofOutput = data(output, probabilities);
      const tree = grown[output] ?? { value: 0 };
      requireGreedyTree(asStep(tree, ofOutput, rows, plan), ofOutput, rows, plan);
      for (const row of rows) scores[row][output] += valueAt(tree, row);
    }
    if (grown.length === 0) break;
  }
  return scores;
}

/** Shape: n_classes, or the second class's alone. */
export function probabilitiesOf(scores: readonly number[]): number[] {
  if (scores.length === 1) return [1 / (1 + Math.exp(-scores[0]))];
  const exponentials = scores.map((score) => Math.exp(score - Math.max(...scores)));
  const total = exponentials.reduce((sum, value) => sum + value);
  return exponentials.map((value) => value / total);
}

function truth(label: number, output: number, nOutputs: number): number {
  return nOutputs === 1 ? label : Number(label === output);
}

/** A tree without a split, where it adds nothing, stands for one that would step. */
function asStep(tree: SeenTree, data: NaiveRows, rows: readonly number[], plan: NaivePlan): SeenTree {
  if ('feature' in tree || !plan.splitsOnly) return tree;
  if (tree.value !== 0) throw new Error('a tree without a split adds something');
  return { value: leafValue(data, rows, plan) };
}

function valueAt(tree: SeenTree, row: number): number {
  if (!('feature' in tree)) return tree.value;
  return valueAt(tree.goesLeft(row) ? tree.left : tree.right, row);
}

function binsOf({ x, nSamples, nFeatures }: TrainingSet): Pick<NaiveRows, 'bins' | 'missingBin'> {
  const columns = Array.from({ length: nFeatures }, (_, column) =>
    Array.from({ length: nSamples }, (__, row) => x[row * nFeatures + column]),
  );
  const distinct = columns.map((values) =>
    [...new Set(values.filter((value) => !Number.isNaN(value)))].toSorted((a, b) => a - b),
  );
  return {
    bins: columns.map((values, j) =>
      values.map((value) => (Number.isNaN(value) ? distinct[j].length : distinct[j].indexOf(value))),
    ),
    missingBin: columns.map((values, j) => (values.some(Number.isNaN) ? distinct[j].length : undefined)),
  };
}

/** The trees of the tensors, as rows see them. */
function treesOf(tensors: Tensors, { x, nFeatures }: TrainingSet): SeenTree[] {
  const feature = Array.from(tensors.feature.data, Number);
  const threshold = Array.from(tensors.threshold.data, Number);
  const missingLeft = Array.from(tensors.missing_left.data, Number);
  const leaves = Array.from(tensors.leaf_value.data, Number);
  const next = (): SeenTree => {
    const column = feature.shift();
    if (column === undefined) throw new Error('a tree has no end');
    if (column === -1) return { value: leaves.shift() ?? NaN };
    const [cut, left] = [threshold.shift() ?? NaN, missingLeft.shift()];
    const goesLeft = (row: number) => {
      const value = x[row * nFeatures + column];
      return Number.isNaN(value) ? left === 1 : value <= cut;
    };
    return { feature: column, goesLeft, left: next(), right: next() };
  };
  return Array.from({ length: tensors.tree_start.data.length - 1 }, next);
}
