import { type Placed, Workspace } from '../../../kernels/workspace.js';
import type { TileLayout } from '../boosting/tile-layout.js';
import type { TiledRows } from '../boosting/tiled-rows.js';
import type { Test } from '../target-statistics/projection.js';
import type { TestedRows } from '../target-statistics/row-keys.js';
import type { BorderedFeature } from './bordered-feature.js';
import { splitWords } from './split-words.js';
import { splitOf } from './tree-splits.js';

/** Tells the truth of tests by the bins of rows. */
export class RowTests implements TestedRows {
  readonly #workspace: Workspace;
  readonly #layout: TileLayout;
  readonly #features: readonly BorderedFeature[];
  readonly #parts: readonly TiledRows[];
  readonly #words: Placed<Uint32Array<ArrayBuffer>>;

  static bytes(): number {
    return Workspace.sizeOf(4, 4);
  }

  /** @param parts the training rows by place, and those that are held out */
  constructor(
    workspace: Workspace,
    layout: TileLayout,
    features: readonly BorderedFeature[],
    parts: readonly TiledRows[],
  ) {
    this.#workspace = workspace;
    this.#layout = layout;
    this.#features = features;
    this.#parts = parts;
    this.#words = workspace.u32(4);
  }

  mark(test: Test, bit: number, marks: number): void {
    this.#words.set(splitWords(this.#layout, this.#features, splitOf(this.#features, test)));
    let to = marks;
    for (const { address, nRows } of this.#parts) {
      this.#workspace.kernels.markTests(address, this.#layout.rowBytes, nRows, this.#words.address, bit, to);
      to += nRows * 4;
    }
  }
}
