import type { TrainingSet } from '../../src/estimators/estimator.js';
import type { Tensors } from '../../src/estimators/tensor.js';

/** A tree as nodes that point to each other. */
export interface NaiveNode {
  feature: number;
  threshold: number;
  missingLeft: boolean;
  children: NaiveNode[];
  /** Shape: nClasses, of the training rows that come by. */
  classWeights: number[];
}

/** The trees of a forest of the core, with the weights of the training rows at every node. */
export function naiveTrees(tensors: Tensors, training: TrainingSet): NaiveNode[] {
  const { nSamples, nFeatures, nClasses, x, y, sampleWeight } = training;
  const numbers = (name: string) => Array.from(tensors[name].data, Number);
  const [starts, features, thresholds, missingLeft] = ['tree_start', 'feature', 'threshold', 'missing_left'].map(numbers); // prettier-ignore
  const rest = { features: features.slice(), thresholds: thresholds.slice(), missingLeft: missingLeft.slice() };
  const read = (): NaiveNode => {
    const node: NaiveNode = {
      feature: rest.features.shift() ?? NaN,
      threshold: NaN,
      missingLeft: false,
      children: [],
      classWeights: Array.from({ length: nClasses }, () => 0),
    };
    if (node.feature === -1) return node;
    node.threshold = rest.thresholds.shift() ?? NaN;
    node.missingLeft = rest.missingLeft.shift() === 1;
    node.children = [read(), read()];
    return node;
  };
  const trees = starts.slice(1).map(read);
  for (let row = 0; row < nSamples; row++) {
    const values = x.subarray(row * nFeatures, (row + 1) * nFeatures);
    for (const tree of trees) {
      for (const node of pathOf(tree, values)) node.classWeights[y[row]] += sampleWeight?.[row] ?? 1;
    }
  }
  return trees;
}

/** The nodes that a row comes by, from the root to its leaf. */
export function pathOf(node: NaiveNode, values: Float64Array): NaiveNode[] {
  if (node.children.length === 0) return [node];
  const value = values[node.feature];
  const isLeft = Number.isNaN(value) ? node.missingLeft : value <= node.threshold;
  return [node, ...pathOf(node.children[isLeft ? 0 : 1], values)];
}

/**
 * Cuts the weakest link, the split of the least effective alpha, as long as that
 * is at most `alpha`, and finds everything out anew before each cut: Breiman and
 * others (1984), as scikit-learn has it.
 */
export function pruneNaively(tree: NaiveNode, alpha: number, criterion: 'gini' | 'entropy'): void {
  const total = sum(tree.classWeights);
  const risk = (node: NaiveNode) => (sum(node.classWeights) * impurityOf(node, criterion)) / total;
  for (;;) {
    const links = nodesOf(tree)
      .filter(({ children }) => children.length > 0)
      .map((node) => {
        const leaves = leavesOf(node);
        return { node, effectiveAlpha: (risk(node) - sum(leaves.map(risk))) / (leaves.length - 1) };
      })
      .toSorted((a, b) => a.effectiveAlpha - b.effectiveAlpha);
    if (links.length === 0 || links[0].effectiveAlpha > alpha) return;
    links[0].node.children = [];
    links[0].node.feature = -1;
  }
}

/** The decrease of impurity by the splits at each feature; those of all sum to 1, if there are any. */
export function importancesOf(tree: NaiveNode, nFeatures: number, criterion: 'gini' | 'entropy'): number[] {
  const importances = Array.from({ length: nFeatures }, () => 0);
  const weighted = (node: NaiveNode) => sum(node.classWeights) * impurityOf(node, criterion);
  for (const node of nodesOf(tree)) {
    if (node.children.length > 0) importances[node.feature] += weighted(node) - sum(node.children.map(weighted));
  }
  const total = sum(importances);
  return total > 0 ? importances.map((importance) => importance / total) : importances;
}

/** A tree's nodes, in pre-order. */
export function nodesOf(node: NaiveNode): NaiveNode[] {
  return [node, ...node.children.flatMap(nodesOf)];
}

export function leavesOf(node: NaiveNode): NaiveNode[] {
  return nodesOf(node).filter(({ children }) => children.length === 0);
}

function impurityOf({ classWeights }: NaiveNode, criterion: 'gini' | 'entropy'): number {
  const shares = classWeights.map((weight) => weight / sum(classWeights)).filter((share) => share > 0);
  return criterion === 'gini'
    ? 1 - sum(shares.map((share) => share * share))
    : -sum(shares.map((share) => share * Math.log2(share)));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
