import { type Placed, Workspace } from '../../../kernels/workspace.js';
import { type GradientTree, LEAF } from './gradient-tree.js';
import { RowPartition } from './row-partition.js';
import type { TileLayout } from './tile-layout.js';
import type { TiledRows } from './tiled-rows.js';

/** So many rows go down a tree at a time: they and their bins stay in the cache. */
const BLOCK_ROWS = 8_192;

/** Adds a tree to the scores of binned rows that it was not grown on: they are parted as it parts them, down to its leaves. */
export class TreeScorer {
  readonly #workspace: Workspace;
  readonly #partition: RowPartition;
  readonly #block: Placed<Uint32Array<ArrayBuffer>>;
  readonly #spare: Placed<Uint32Array<ArrayBuffer>>;

  static bytes(nRows: number, layout: TileLayout): number {
    return RowPartition.bytes(layout) + 2 * Workspace.sizeOf(Math.min(nRows, BLOCK_ROWS), 4);
  }

  constructor(workspace: Workspace, layout: TileLayout, rows: TiledRows) {
    const size = Math.min(rows.nRows, BLOCK_ROWS);
    this.#workspace = workspace;
    this.#partition = new RowPartition(workspace, layout, rows);
    this.#block = workspace.u32(size);
    this.#spare = workspace.u32(size);
  }

  /**
   * @param rows the address of `count` rows, or 0 for the first `count`
   * @param scores the address of the scores (f32) of all rows
   */
  add(tree: GradientTree, rows: number, count: number, scores: number): void {
    const block = this.#block;
    const listed = rows === 0 ? undefined : new Uint32Array(block.buffer, rows, count);
    for (let first = 0; first < count; first += block.length) {
      const n = Math.min(block.length, count - first);
      if (listed === undefined) for (let i = 0; i < n; i++) block[i] = first + i;
      else block.set(listed.subarray(first, first + n));
      this.#addBlock(tree, n, scores);
    }
  }

  #addBlock(tree: GradientTree, count: number, scores: number): void {
    const { kernels } = this.#workspace;
    const waiting = [{ number: 0, begin: 0, count }];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { begin, count: n } = next;
      const node = tree[next.number];
      const rows = this.#block.address + begin * 4;
      if (node.feature === LEAF) {
        kernels.addToScores(scores, rows, n, node.value);
        continue;
      }
      const nLeft = this.#partition.part(rows, n, node, this.#spare.address);
      if (nLeft < n) waiting.push({ number: node.right, begin: begin + nLeft, count: n - nLeft });
      if (nLeft > 0) waiting.push({ number: node.left, begin, count: nLeft });
    }
  }
}
