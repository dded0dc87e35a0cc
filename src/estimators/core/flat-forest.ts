import { type Placed, Workspace } from '../../kernels/workspace.js';
import type { ModelShape } from '../estimator.js';
import type { InParts } from '../in-parts.js';
import { type Forest, LEAF } from './forest-tensors.js';

/** The bytes of a node, a share and a row's value: see kernels/assembly/traversal.ts. */
const NODE_BYTES = 16;
const SHARE_BYTES = 16;
const VALUE_BYTES = 8;
/** Marks a leaf's number as the class of a pure leaf. */
const PURE = 0x8000_0000;
/** The upper half of the NaN that marks a leaf. */
const QUIET_NAN = 0x7ff8_0000;
/** How many nodes, and shares with them, are laid out at a time. */
const PART = 4096;

/** Trees laid out for the kernels that walk them. */
interface FlatForest {
  readonly nTrees: number;
  readonly nodes: number;
  readonly roots: number;
  readonly shares: number;
  readonly missingRight: number;
}

/** The bytes that `flattenForest` places. */
export function flatForestBytes({ treeStart, feature, shareStart, share }: Forest): number {
  return [
    [feature.length, NODE_BYTES],
    [treeStart.length, 4],
    [share.length + shareStart.length, SHARE_BYTES],
    [feature.length, 1],
  ].reduce((sum, [length, width]) => sum + Workspace.sizeOf(length, width), 0);
}

/**
 * Lays the trees out with the children of each split side by side, those of the
 * left side before those of the right.
 *
 * @throws RangeError when the nodes are not those of trees, or a split is not valid.
 */
export function* flattenForest(workspace: Workspace, forest: Forest, shape: ModelShape): InParts<FlatForest> {
  const { treeStart, feature } = forest;
  const nTrees = treeStart.length - 1;
  const nodes = new NodeWriter(workspace, forest, shape);
  const roots = workspace.u32(treeStart.length);
  for (let tree = 0, next = 0; tree < nTrees; tree++) {
    roots[tree] = next * NODE_BYTES;
    // The places where the nodes to come belong.
    const open = [next++];
    for (let node = treeStart[tree]; node < treeStart[tree + 1]; node++) {
      if (nodes.written >= PART) {
        nodes.written = 0;
        yield;
      }
      const place = open.pop();
      if (place === undefined) throw notATree(tree);
      if (feature[node] === LEAF) {
        nodes.writeLeaf(place);
      } else {
        nodes.writeSplit(place, feature[node], next);
        open.push(next + 1, next);
        next += 2;
      }
      if (next > treeStart[tree + 1]) throw notATree(tree);
    }
    if (open.length > 0) throw notATree(tree);
  }
  return { nTrees, nodes: nodes.address, roots: roots.address, ...nodes.tables };
}

function notATree(tree: number): RangeError {
  return new RangeError(`the nodes of tree ${tree} are not those of a tree`);
}

/** Writes nodes in the order of the tensors, each to its place. */
class NodeWriter {
  /** Nodes and shares; for the caller to set back. */
  written = 0;
  readonly #words: Placed<Uint32Array<ArrayBuffer>>;
  readonly #numbers: Float64Array;
  readonly #missingRight: Placed<Uint8Array<ArrayBuffer>>;
  readonly #shares: Placed<Uint32Array<ArrayBuffer>>;
  readonly #shareNumbers: Float64Array;
  readonly #forest: Forest;
  readonly #shape: ModelShape;
  #split = 0;
  #leaf = 0;
  #mixed = 0;

  constructor(workspace: Workspace, forest: Forest, shape: ModelShape) {
    this.#words = workspace.u32((forest.feature.length * NODE_BYTES) / 4);
    this.#numbers = new Float64Array(this.#words.buffer, this.#words.byteOffset, this.#words.length / 2);
    this.#missingRight = workspace.u8(forest.feature.length);
    this.#shares = workspace.u32(((forest.share.length + forest.shareStart.length) * SHARE_BYTES) / 4);
    this.#shareNumbers = new Float64Array(this.#shares.buffer, this.#shares.byteOffset, this.#shares.length / 2);
    this.#forest = forest;
    this.#shape = shape;
  }

  get address(): number {
    return this.#words.address;
  }

  writeSplit(place: number, feature: number, left: number): void {
    const threshold = this.#forest.threshold[this.#split];
    const missingLeft = this.#forest.missingLeft[this.#split];
    const fits = feature >= 0 && feature < this.#shape.nFeatures && threshold > -Infinity && missingLeft <= 1;
    if (!fits) throw new RangeError(`split ${this.#split} of the forest is not valid`);
    this.#split++;
    this.written++;
    this.#numbers[place * 2] = threshold;
    this.#words[place * 4 + 2] = feature * VALUE_BYTES;
    this.#words[place * 4 + 3] = left * NODE_BYTES;
    this.#missingRight[place] = 1 - missingLeft;
  }

  writeLeaf(place: number): void {
    const label = this.#forest.leaf[this.#leaf++];
    this.written++;
    this.#words[place * 4] = label < this.#shape.nClasses ? PURE + label : this.#writeShares();
    this.#words[place * 4 + 1] = QUIET_NAN;
    this.#words[place * 4 + 3] = place * NODE_BYTES;
  }

  get tables(): Pick<FlatForest, 'shares' | 'missingRight'> {
    return { shares: this.#shares.address, missingRight: this.#missingRight.address };
  }

  /** Writes the shares of the next mixed leaf, and returns their place. */
  #writeShares(): number {
    const { shareStart, shareClass, share } = this.#forest;
    const from = shareStart[this.#mixed];
    const to = shareStart[this.#mixed + 1];
    // Before each leaf's shares stands their count.
    const place = from + this.#mixed++;
    this.written += to - from;
    this.#shares[place * 4] = to - from;
    for (let i = from; i < to; i++) {
      const at = place + 1 + i - from;
      this.#shares[at * 4] = shareClass[i];
      this.#shareNumbers[at * 2 + 1] = share[i];
    }
    return place;
  }
}
