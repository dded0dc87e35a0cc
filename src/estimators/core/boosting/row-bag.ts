import { type Placed, Workspace } from '../../../kernels/workspace.js';
import type { RowSampling } from './boosting-plan.js';

/** The rows that the next tree is grown on: all, or some that are drawn. */
export class RowBag {
  readonly #workspace: Workspace;
  readonly #sampling: RowSampling;
  readonly #nRows: number;
  readonly #drawn: Placed<Uint32Array<ArrayBuffer>> | undefined;
  readonly #rest: Placed<Uint32Array<ArrayBuffer>> | undefined;
  readonly #random: number;
  #nDrawn: number;

  static bytes(nRows: number, { share }: RowSampling): number {
    return share === 1 ? 0 : 2 * Workspace.sizeOf(nRows, 4);
  }

  /** @param random the address of a stream of random numbers */
  constructor(workspace: Workspace, nRows: number, sampling: RowSampling, random: number) {
    this.#workspace = workspace;
    this.#sampling = sampling;
    this.#nRows = nRows;
    this.#nDrawn = nRows;
    this.#random = random;
    if (sampling.share === 1) return;
    this.#drawn = workspace.u32(nRows);
    this.#rest = workspace.u32(nRows);
  }

  /** Draws the rows of tree `tree` of an iteration, unless earlier ones hold for it too. */
  draw(iteration: number, tree: number): void {
    if (this.#drawn === undefined || this.#rest === undefined) return;
    const { share, every } = this.#sampling;
    if (every !== 'tree' && (tree > 0 || iteration % every !== 0)) return;
    const { kernels } = this.#workspace;
    this.#nDrawn = kernels.drawShare(this.#random, this.#nRows, share, this.#drawn.address, this.#rest.address);
    if (this.#nDrawn > 0) return;
    // A tree needs a row.
    this.#drawn[0] = this.#rest[this.#nRows - 1];
    this.#nDrawn = 1;
  }

  /** Writes the rows of the next tree to the front of `rows`, where they are not all, and returns how many they are. */
  copyTo(rows: Uint32Array): number {
    if (this.#drawn !== undefined) rows.set(this.#drawn.subarray(0, this.#nDrawn));
    return this.#nDrawn;
  }

  /** The address and number of the other rows. */
  get rest(): { readonly address: number; readonly count: number } {
    return { address: this.#rest?.address ?? 0, count: this.#nRows - this.#nDrawn };
  }
}
