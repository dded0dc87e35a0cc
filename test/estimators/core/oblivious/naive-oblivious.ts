import type { TrainingSet } from '../../../../src/estimators/estimator.js';

/** Boosting of oblivious trees as the definitions have it, without chance. */
export interface NaiveObliviousPlan {
  readonly iterations: number;
  readonly depth: number;
  readonly learningRate: number;
  readonly l2: number;
  readonly borders: number;
  readonly steps: number;
  readonly missing: 'min' | 'max';
  /** Features of at most so many categories are split. */
  readonly oneHot: number;
}

/** A way to split a column: rows of these bins have the bit 1. */
interface Candidate {
  readonly column: number;
  readonly isAbove: readonly boolean[];
}

export interface NaiveTree {
  readonly columns: readonly number[];
  /** Shape: n_leaves x n_outputs. */
  readonly values: readonly (readonly number[])[];
}

/** Shape: n_samples x n_outputs; one output for two classes. */
type Scores = readonly (readonly number[])[];

/** Boosts slowly, and returns the trees and the scores of the rows. */
export function naiveObliviousBoost(
  training: TrainingSet,
  plan: NaiveObliviousPlan,
): { trees: NaiveTree[]; scores: Scores } {
  // prettier-ignore
  const { nSamples, nClasses, y } = training;
  const weights = Array.from(y, (_, row) => training.sampleWeight?.[row] ?? 1);
  const l2 = (plan.l2 * sumOf(weights)) / nSamples;
  const candidates = candidatesOf(training, plan);
  let scores: Scores = Array.from(y, () => Array<number>(nClasses === 2 ? 1 : nClasses).fill(0));
  const trees: NaiveTree[] = [];
  for (let iteration = 0; iteration < plan.iterations; iteration++) {
    const gradients = gradientsOf(scores, y, weights);
    const { splits, leaves } = structure(candidates, gradients, weights, plan.depth, l2);
    const total = steps(scores, leaves, 2 ** splits.length, y, weights, l2, plan.steps);
    const values = total.map((of) => of.map((value) => plan.learningRate * value));
    scores = add(scores, leaves, values);
    trees.push({ columns: splits.map(({ column }) => column), values });
  }
  return { trees, scores };
}

/** Shape: n_samples x n_classes. */
export function probabilitiesOf(scores: Scores): number[][] {
  return scores.map((of) => {
    const all = of.length === 1 ? [0, of[0]] : of;
    const exponentials = all.map((score) => Math.exp(score - Math.max(...all)));
    return exponentials.map((value) => value / sumOf(exponentials));
  });
}

/** Borders by the sorted values themselves, those of equal ones included. */
export function naiveBorders(values: readonly number[], most: number): number[] {
  const sorted = values.map(Math.fround).toSorted((a, b) => a - b);
  const parts: [number, number][] = [[0, sorted.length]];
  const bestOf = ([from, to]: [number, number]): { gain: number; at: number } => {
    const middle = from + Math.floor((to - from) / 2);
    let low = middle;
    while (low > from && sorted[low - 1] === sorted[middle]) low--;
    let high = middle;
    while (high < to && sorted[high] === sorted[middle]) high++;
    const gainOf = (at: number) => at === from || at === to ? -Infinity : Math.log(at - from + 1e-8) + Math.log(to - at + 1e-8) - Math.log(to - from + 1e-8); // prettier-ignore
    return gainOf(low) >= gainOf(high) ? { gain: gainOf(low), at: low } : { gain: gainOf(high), at: high };
  };
  while (parts.length <= most) {
    const gains = parts.map(bestOf);
    const best = gains.reduce((a, _, b) => (gains[b].gain > gains[a].gain || (gains[b].gain === gains[a].gain && parts[b][0] < parts[a][0]) ? b : a), 0); // prettier-ignore
    if (gains[best].gain === -Infinity) break;
    const [from, to] = parts[best];
    parts.splice(best, 1, [from, gains[best].at], [gains[best].at, to]);
  }
  return parts
    .filter(([from]) => from > 0)
    .map(([from]) => Math.fround(sorted[from - 1] / 2 + sorted[from] / 2))
    .toSorted((a, b) => a - b);
}

function candidatesOf({ x, nSamples, nFeatures, nCategories }: TrainingSet, plan: NaiveObliviousPlan): Candidate[] {
  return Array.from({ length: nFeatures }, (_, column) => {
    const values = Array.from({ length: nSamples }, (__, row) => Math.fround(x[row * nFeatures + column]));
    const count = nCategories?.[column] ?? 0;
    if (count > 0) {
      if (count === 1 || count > plan.oneHot) return [];
      return Array.from({ length: count }, (__, category) => ({
        column,
        isAbove: values.map((value) => value === category),
      }));
    }
    const present = values.filter((value) => !Number.isNaN(value));
    if (present.length === 0) return [];
    const lacks = present.length < nSamples;
    const borders = naiveBorders(present, lacks ? plan.borders - 1 : plan.borders);
    const above = (border: number) => values.map((value) => (Number.isNaN(value) ? plan.missing === 'max' : value > border)); // prettier-ignore
    const ofMissing = lacks ? [above(plan.missing === 'min' ? -Infinity : Infinity)] : [];
    const all = plan.missing === 'min' ? [...ofMissing, ...borders.map(above)] : [...borders.map(above), ...ofMissing];
    return all.map((isAbove) => ({ column, isAbove }));
  }).flat();
}

/** The gradients of the log-likelihood (shape: n_samples x n_outputs). */
function gradientsOf(scores: Scores, y: Int32Array, weights: readonly number[]): number[][] {
  return probabilitiesOf(scores).map((p, row) =>
    scores[row].length === 1
      ? [weights[row] * (y[row] - p[1])]
      : p.map((of, k) => weights[row] * (Number(y[row] === k) - of)),
  );
}

function structure(
  candidates: readonly Candidate[],
  gradients: readonly (readonly number[])[],
  weights: readonly number[],
  depth: number,
  l2: number,
): { splits: Candidate[]; leaves: number[] } {
  const splits: Candidate[] = [];
  const leavesOf = (by: readonly Candidate[]) => weights.map((_, row) => by.reduce((leaf, { isAbove }, level) => leaf + (isAbove[row] ? 2 ** level : 0), 0)); // prettier-ignore
  while (splits.length < depth && candidates.length > 0) {
    let best: Candidate | undefined;
    let highest = -Infinity;
    for (const candidate of candidates) {
      const score = cosine(leavesOf([...splits, candidate]), gradients, weights, l2);
      // What sums in another order may come out as is not better.
      if (best !== undefined && score <= highest + 1e-9 * Math.abs(highest)) continue;
      highest = score;
      best = candidate;
    }
    splits.push(best as Candidate);
    const leaves = new Set(leavesOf(splits));
    const redundant = splits.findIndex((_, level) => [...leaves].every((leaf) => !leaves.has(leaf ^ (2 ** level))));
    if (redundant === -1) continue;
    splits.splice(redundant, 1);
    break;
  }
  return { splits, leaves: leavesOf(splits) };
}

function cosine(
  leaves: readonly number[],
  gradients: readonly (readonly number[])[],
  weights: readonly number[],
  l2: number,
): number {
  // prettier-ignore
  let numerator = 0;
  let denominator = 1e-100;
  for (const leaf of new Set(leaves)) {
    const rows = [...leaves.keys()].filter((row) => leaves[row] === leaf);
    const weight = sumOf(rows.map((row) => weights[row]));
    for (let output = 0; output < gradients[0].length; output++) {
      const gradient = sumOf(rows.map((row) => gradients[row][output]));
      const mean = gradient / (weight + l2);
      numerator += mean * gradient;
      denominator += mean * mean * weight;
    }
  }
  return numerator / Math.sqrt(denominator);
}

function steps(
  before: Scores,
  leaves: readonly number[],
  nLeaves: number,
  y: Int32Array,
  weights: readonly number[],
  l2: number,
  most: number,
): number[][] {
  const total = Array.from({ length: nLeaves }, () => before[0].map(() => 0));
  let scores = before;
  let loss = lossOf(scores, y, weights);
  for (let tried = 0; tried < most;) {
    const step = newton(scores, leaves, nLeaves, y, weights, l2);
    for (let scale = 1; tried < most; scale /= 2) {
      tried++;
      const scaled = step.map((of) => of.map((value) => scale * value));
      const next = add(scores, leaves, scaled);
      const found = lossOf(next, y, weights);
      // A single step is taken as it is; a loss that rounding alone makes less is not less.
      if (most > 1 && found >= loss * (1 - 1e-12)) continue;
      [scores, loss] = [next, found];
      scaled.forEach((of, leaf) => of.forEach((value, output) => (total[leaf][output] += value)));
      break;
    }
  }
  return total;
}

function newton(
  scores: Scores,
  leaves: readonly number[],
  nLeaves: number,
  y: Int32Array,
  weights: readonly number[],
  l2: number,
): number[][] {
  // prettier-ignore
  const gradients = gradientsOf(scores, y, weights);
  const probabilities = probabilitiesOf(scores);
  return Array.from({ length: nLeaves }, (_, leaf) => {
    const rows = [...leaves.keys()].filter((row) => leaves[row] === leaf);
    const slopes = scores[0].map((__, k) => sumOf(rows.map((row) => gradients[row][k])));
    const curvature = slopes.map((__, a) =>
      slopes.map((___, b) =>
        sumOf(
          rows.map((row) => {
            const p = probabilities[row];
            if (slopes.length === 1) return weights[row] * p[0] * p[1];
            return weights[row] * (a === b ? p[a] - p[a] * p[a] : -p[a] * p[b]);
          }),
        ),
      ),
    );
    return solve(curvature.map((line, a) => line.map((value, b) => value + (a === b ? l2 : 0))), slopes); // prettier-ignore
  });
}

/** Gauss, with the largest pivot of each column. */
function solve(matrix: number[][], right: number[]): number[] {
  const lines = matrix.map((line, i) => [...line, right[i]]);
  const n = lines.length;
  for (let i = 0; i < n; i++) {
    const pivot = lines.slice(i).reduce((best, line, at) => (Math.abs(line[i]) > Math.abs(lines[best][i]) ? at + i : best), i); // prettier-ignore
    [lines[i], lines[pivot]] = [lines[pivot], lines[i]];
    for (let j = 0; j < n; j++) {
      if (j === i) continue;
      const factor = lines[j][i] / lines[i][i];
      lines[j] = lines[j].map((value, k) => value - factor * lines[i][k]);
    }
  }
  return lines.map((line, i) => line[n] / line[i]);
}

function add(scores: Scores, leaves: readonly number[], values: readonly (readonly number[])[]): number[][] {
  return scores.map((of, row) => of.map((score, output) => score + values[leaves[row]][output]));
}

function lossOf(scores: Scores, y: Int32Array, weights: readonly number[]): number {
  const losses = probabilitiesOf(scores).map((p, row) => -weights[row] * Math.log(p[y[row]]));
  return sumOf(losses) / sumOf(weights);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
