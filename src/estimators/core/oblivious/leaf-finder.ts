import { type Placed, Workspace } from '../../../kernels/workspace.js';
import { placeOf, type TileLayout } from '../boosting/tile-layout.js';
import type { TiledRows } from '../boosting/tiled-rows.js';
import type { ObliviousSplit } from './oblivious-tree.js';

/** The splits that the kernel looks at together. */
const TOGETHER = 3;
/** The cut of a split that is 0 everywhere. */
const NEVER = 0xffff_ffff;

/** Tells the leaves that rows fall into. */
export class LeafFinder {
  /** Shape: nRows. */
  readonly leaves: Placed<Uint16Array<ArrayBuffer>>;
  readonly #workspace: Workspace;
  readonly #layout: TileLayout;
  readonly #rows: TiledRows;
  readonly #splits: Placed<Uint32Array<ArrayBuffer>>;

  static bytes(nRows: number, depth: number): number {
    return Workspace.sizeOf(nRows, 2) + Workspace.sizeOf(2 * (depth + TOGETHER), 4);
  }

  constructor(workspace: Workspace, layout: TileLayout, rows: TiledRows, depth: number) {
    this.#workspace = workspace;
    this.#layout = layout;
    this.#rows = rows;
    this.leaves = workspace.u16(rows.nRows);
    this.#splits = workspace.u32(2 * (depth + TOGETHER));
  }

  /** Finds the leaves of all rows by these splits. */
  find(splits: readonly ObliviousSplit[]): void {
    const { kernels } = this.#workspace;
    const { binBytes, rowBytes } = this.#layout;
    for (let i = 0; i < splits.length + TOGETHER; i++) this.#splits.set([0, NEVER], 2 * i);
    splits.forEach(({ feature, cut }, i) => {
      const { tile, lane } = placeOf(this.#layout, feature);
      this.#splits.set([tile.bytesBefore + lane * binBytes, cut], 2 * i);
    });
    const find = binBytes === 1 ? kernels.findLeaves8 : kernels.findLeaves16;
    const { address, nRows } = this.#rows;
    find(address, rowBytes, nRows, this.#splits.address, splits.length, this.leaves.address);
  }

  /** Adds the value of its leaf (f32) to the score (f32) of each row. */
  addTo(scores: number, values: number): void {
    this.#workspace.kernels.addLeafValues(scores, this.leaves.address, this.leaves.length, values);
  }
}
