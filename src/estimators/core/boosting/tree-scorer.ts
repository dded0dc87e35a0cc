import { type Placed, Workspace } from '../../../kernels/workspace.js';
import { missingBin, NO_BIN } from './binned-feature.js';
import { type GradientTree, LEAF } from './gradient-tree.js';
import type { TileLayout } from './tile-layout.js';
import type { TiledRows } from './tiled-rows.js';

/** The words of a BinnedNode in the kernels' file boosting-scores. */
const NODE_WORDS = 8;

/** Adds a tree to the scores of binned rows that it was not grown on. */
export class TreeScorer {
  readonly #workspace: Workspace;
  readonly #layout: TileLayout;
  readonly #rows: TiledRows;
  readonly #words: Placed<Uint32Array<ArrayBuffer>>;
  readonly #values: Float32Array;

  static bytes(maxNodes: number): number {
    return Workspace.sizeOf(maxNodes * NODE_WORDS, 4);
  }

  constructor(workspace: Workspace, layout: TileLayout, rows: TiledRows, maxNodes: number) {
    this.#workspace = workspace;
    this.#layout = layout;
    this.#rows = rows;
    this.#words = workspace.u32(maxNodes * NODE_WORDS);
    this.#values = new Float32Array(this.#words.buffer, this.#words.byteOffset, this.#words.length);
  }

  /**
   * @param rows the address of `count` rows, or 0 for the first `count`
   * @param scores the address of the scores (f32) of all rows
   */
  add(tree: GradientTree, rows: number, count: number, scores: number): void {
    tree.forEach((node, number) => {
      const at = number * NODE_WORDS;
      if (node.feature === LEAF) {
        this.#words[at + 4] = number;
        this.#values[at + 6] = node.value;
        return;
      }
      const missing = node.missingLeft ? missingBin(this.#layout.features[node.feature]) : NO_BIN;
      const bins = this.#rows.binAddress(node.feature);
      this.#words.set([bins, this.#layout.rowBytes, node.cut, missing, node.left, node.right], at);
    });
    const { kernels } = this.#workspace;
    const walk = this.#layout.binBytes === 1 ? kernels.addWalked8 : kernels.addWalked16;
    walk(this.#words.address, rows, count, scores);
  }
}
