import type { GrownTree } from '../../src/estimators/core/tree-grower.js';

/** The data of a tree in bins, as the growing kernel has them. */
export interface BinnedRows {
  /** Shape: nFeatures x nRows. */
  readonly bins: readonly (readonly number[])[];
  readonly y: readonly number[];
  readonly weights: readonly number[];
  readonly nClasses: number;
}

export interface Rules {
  readonly entropy: boolean;
  readonly minLeaf: number;
  readonly minWeight: number;
}

const MISSING_BIN = 255;

/** The weight of each class among `rows`. */
export function classWeights({ y, weights, nClasses }: BinnedRows, rows: readonly number[]): number[] {
  const sums = Array.from<number>({ length: nClasses }).fill(0);
  for (const row of rows) sums[y[row]] += weights[row];
  return sums;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Impurity times weight, from the definitions. */
export function weightedImpurity(data: BinnedRows, rows: readonly number[], entropy: boolean): number {
  const classes = classWeights(data, rows);
  const total = sum(classes);
  const shares = classes.filter((weight) => weight > 0).map((weight) => weight / total);
  return total * (entropy ? -sum(shares.map((p) => p * Math.log2(p))) : 1 - sum(shares.map((p) => p * p)));
}

export function gainOf(data: BinnedRows, sides: readonly (readonly number[])[], entropy: boolean): number {
  const impurities = sides.map((rows) => weightedImpurity(data, rows, entropy));
  return weightedImpurity(data, sides.flat(), entropy) - sum(impurities);
}

/** The rows on both sides of a split. */
export function sidesOf(bins: readonly number[], rows: readonly number[], low: number, missingLeft: boolean) {
  const goesLeft = (row: number) => bins[row] <= low || (missingLeft && bins[row] === MISSING_BIN);
  return [rows.filter(goesLeft), rows.filter((row) => !goesLeft(row))];
}

/** The best gain of all splits that the rules allow, each one tried; -Infinity when there is none. */
export function bestGain(data: BinnedRows, rows: readonly number[], rules: Rules): number {
  let best = -Infinity;
  for (const bins of data.bins) {
    for (const low of new Set(rows.map((row) => bins[row]))) {
      if (low === MISSING_BIN) continue;
      for (const missingLeft of [false, true]) {
        const sides = sidesOf(bins, rows, low, missingLeft);
        const fits = sides.every(
          (side) => side.length >= rules.minLeaf && sum(classWeights(data, side)) >= rules.minWeight,
        );
        if (fits) best = Math.max(best, gainOf(data, sides, rules.entropy));
      }
    }
  }
  return best;
}

/** Walks a grown tree with its rows: `atLeaf` and `atSplit` get each node's rows and depth. */
export function walkTree(
  tree: GrownTree,
  data: BinnedRows,
  cutOf: (node: number) => { low: number; high: number },
  visit: {
    atLeaf(node: number, rows: number[], depth: number): void;
    atSplit(node: number, rows: number[], sides: number[][], depth: number): void;
  },
): void {
  const walk = (node: number, rows: number[], depth: number) => {
    const feature = tree.feature(node);
    if (feature === -1) {
      visit.atLeaf(node, rows, depth);
      return;
    }
    const sides = sidesOf(data.bins[feature], rows, cutOf(node).low, tree.missingLeft(node) === 1);
    visit.atSplit(node, rows, sides, depth);
    sides.forEach((side, i) => walk(tree.next(node) + i, side, depth + 1));
  };
  const inBag = Array.from(data.y.keys()).filter((row) => data.weights[row] > 0);
  walk(0, inBag, 0);
}
