import { tensor, type Tensors } from '../tensor.js';
import { ChunkedArray } from './chunked-array.js';
import { LEAF } from './forest-tensors.js';
import type { GrownTree } from './tree-grower.js';

/** Collects grown trees in the form that `readForest` reads. */
export class ForestWriter {
  readonly #nClasses: number;
  readonly #treeStart = new ChunkedArray(Uint32Array);
  readonly #feature = new ChunkedArray(Int32Array);
  readonly #threshold = new ChunkedArray(Float64Array);
  readonly #missingLeft = new ChunkedArray(Uint8Array);
  readonly #leaf = new ChunkedArray(Uint32Array);
  readonly #shareStart = new ChunkedArray(Uint32Array);
  readonly #shareClass = new ChunkedArray(Uint32Array);
  readonly #share = new ChunkedArray(Float64Array);
  readonly #importances: Float64Array<ArrayBuffer>;
  #nNodes = 0;
  #nEntries = 0;

  constructor(nFeatures: number, nClasses: number) {
    this.#nClasses = nClasses;
    this.#importances = new Float64Array(nFeatures);
    this.#treeStart.push(0);
    this.#shareStart.push(0);
  }

  /** Writes the nodes of a tree in pre-order, and adds its importances. */
  add(tree: GrownTree): void {
    const waiting = [0];
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      const feature = tree.feature(node);
      this.#feature.push(feature);
      this.#nNodes++;
      if (feature === LEAF) {
        this.#addLeaf(tree, node);
        continue;
      }
      this.#threshold.push(tree.threshold(node));
      this.#missingLeft.push(tree.missingLeft(node));
      const left = tree.next(node);
      waiting.push(left + 1, left);
    }
    this.#treeStart.push(this.#nNodes);
    this.#addImportances(tree.importances);
  }

  /** The trees so far; nothing can be added after. */
  tensors(): Tensors {
    const total = sum(this.#importances);
    const importances = total > 0 ? this.#importances.map((importance) => importance / total) : this.#importances;
    return {
      tree_start: vector('U32', this.#treeStart.take()),
      feature: vector('I32', this.#feature.take()),
      threshold: vector('F64', this.#threshold.take()),
      missing_left: vector('U8', this.#missingLeft.take()),
      leaf: vector('U32', this.#leaf.take()),
      share_start: vector('U32', this.#shareStart.take()),
      share_class: vector('U32', this.#shareClass.take()),
      share: vector('F64', this.#share.take()),
      feature_importances: vector('F64', importances),
    };
  }

  #addLeaf(tree: GrownTree, node: number): void {
    const nEntries = tree.nEntries(node);
    if (nEntries === 0) {
      this.#leaf.push(tree.next(node));
      return;
    }
    this.#leaf.push(this.#nClasses);
    const first = tree.next(node);
    let total = 0;
    for (let entry = first; entry < first + nEntries; entry++) total += tree.entryWeight(entry);
    for (let entry = first; entry < first + nEntries; entry++) {
      this.#shareClass.push(tree.entryClass(entry));
      this.#share.push(tree.entryWeight(entry) / total);
    }
    this.#nEntries += nEntries;
    this.#shareStart.push(this.#nEntries);
  }

  /** Each tree that has splits counts alike. */
  #addImportances(gains: Float64Array): void {
    const total = sum(gains);
    if (total > 0) gains.forEach((gain, feature) => (this.#importances[feature] += gain / total));
  }
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

function vector<D extends 'U32' | 'I32' | 'F64' | 'U8'>(dtype: D, data: Parameters<typeof tensor<D>>[2]) {
  return tensor(dtype, [data.length], data);
}
