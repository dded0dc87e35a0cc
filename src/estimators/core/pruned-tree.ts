import { LEAF } from './forest-tensors.js';
import type { GrownTree } from './tree-grower.js';

/** The number of the first entry of a node that was cut; those of the grown tree are below. */
const FIRST_ENTRY = 2 ** 32;

/** A grown tree as it is seen once some of its splits are leaves. */
export class PrunedTree implements GrownTree {
  readonly importances: Float64Array;
  readonly #tree: GrownTree;
  readonly #cuts = new Map<number, { readonly first: number; readonly nEntries: number }>();
  readonly #entryClass: number[] = [];
  readonly #entryWeight: number[] = [];

  constructor(tree: GrownTree, nFeatures: number) {
    this.#tree = tree;
    this.importances = new Float64Array(nFeatures);
  }

  /** Makes a split a leaf; its rows are of several classes, or it would not have been split. */
  cutAt(node: number, classWeights: readonly number[]): void {
    const first = this.#entryClass.length;
    classWeights.forEach((weight, label) => {
      if (weight === 0) return;
      this.#entryClass.push(label);
      this.#entryWeight.push(weight);
    });
    this.#cuts.set(node, { first: FIRST_ENTRY + first, nEntries: this.#entryClass.length - first });
  }

  feature(node: number): number {
    return this.#cuts.has(node) ? LEAF : this.#tree.feature(node);
  }

  next(node: number): number {
    return this.#cuts.get(node)?.first ?? this.#tree.next(node);
  }

  nEntries(node: number): number {
    return this.#cuts.get(node)?.nEntries ?? this.#tree.nEntries(node);
  }

  threshold(node: number): number {
    return this.#tree.threshold(node);
  }

  missingLeft(node: number): number {
    return this.#tree.missingLeft(node);
  }

  entryClass(entry: number): number {
    return entry < FIRST_ENTRY ? this.#tree.entryClass(entry) : this.#entryClass[entry - FIRST_ENTRY];
  }

  entryWeight(entry: number): number {
    return entry < FIRST_ENTRY ? this.#tree.entryWeight(entry) : this.#entryWeight[entry - FIRST_ENTRY];
  }
}
