import { type Placed, Workspace } from '../../../kernels/workspace.js';
import { binsOf, missingBin, NO_BIN, unseenBin } from './binned-feature.js';
import type { NodeSplit } from './gradient-tree.js';
import type { TileLayout } from './tile-layout.js';
import type { TiledRows } from './tiled-rows.js';

/** The bins of a word of a set. */
const WORD_BITS = 32;

/** Parts rows by the splits of trees. */
export class RowPartition {
  readonly #workspace: Workspace;
  readonly #layout: TileLayout;
  readonly #rows: TiledRows;
  /** The bins that a split of categories sends left, a bit each. */
  readonly #set: Placed<Uint32Array<ArrayBuffer>>;

  static bytes(layout: TileLayout): number {
    return Workspace.sizeOf(setWords(layout), 4);
  }

  constructor(workspace: Workspace, layout: TileLayout, rows: TiledRows) {
    this.#workspace = workspace;
    this.#layout = layout;
    this.#rows = rows;
    this.#set = workspace.u32(setWords(layout));
  }

  /**
   * Brings the rows of the left side to the front, and returns how many they are.
   *
   * @param rows the address of `count` rows (u32)
   * @param spare the address of as much room
   */
  part(rows: number, count: number, split: NodeSplit, spare: number): number {
    const { kernels } = this.#workspace;
    const { features, places, rowBytes } = this.#layout;
    const { feature, cut, missingLeft, listed } = split;
    const isByte = places[feature].binBytes === 1;
    const bins = this.#rows.binAddress(feature);
    if (listed !== undefined) {
      this.#writeSet(split);
      const part = isByte ? kernels.partitionBySet8 : kernels.partitionBySet16;
      return part(rows, count, bins, rowBytes, this.#set.address, spare);
    }
    const alsoLeft = missingLeft ? missingBin(features[feature]) : NO_BIN;
    const part = isByte ? kernels.partitionByCut8 : kernels.partitionByCut16;
    return part(rows, count, bins, rowBytes, cut, alsoLeft, spare);
  }

  #writeSet({ feature, listed, missingLeft }: NodeSplit): void {
    const binned = this.#layout.features[feature];
    this.#set.fill(listed?.goLeft === true ? 0 : ~0, 0, wordsOf(binsOf(binned)));
    for (const bin of listed?.bins ?? []) this.#put(bin, listed?.goLeft === true);
    this.#put(missingBin(binned), missingLeft);
    if (binned.categories?.unseenApart === true) this.#put(unseenBin(binned), true);
  }

  #put(bin: number, isLeft: boolean): void {
    const bit = 1 << (bin % WORD_BITS);
    if (isLeft) this.#set[wordOf(bin)] |= bit;
    else this.#set[wordOf(bin)] &= ~bit;
  }
}

function wordOf(bin: number): number {
  return Math.floor(bin / WORD_BITS);
}

/** The words of a set of any of so many bins. */
function wordsOf(nBins: number): number {
  return Math.ceil(nBins / WORD_BITS);
}

/** The words of a set of bins of any feature. */
function setWords({ features }: TileLayout): number {
  return features.reduce((most, of) => (of.categories === undefined ? most : Math.max(most, wordsOf(binsOf(of)))), 0);
}
