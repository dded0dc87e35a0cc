import { Workspace } from '../../../kernels/workspace.js';

/** The bytes of a Normals in the kernels' file normals. */
const NORMALS_BYTES = 16 + 256 * 4;

/** The noise that the scores of splits get, so that trees differ. */
export class ScoreNoise {
  /** The address of numbers that have been drawn beforehand: see the kernels' file normals. */
  readonly normals: number;
  readonly #workspace: Workspace;
  #deviation = 0;

  static bytes(): number {
    return Workspace.sizeOf(NORMALS_BYTES, 1);
  }

  /** @param random the address of a stream of random numbers */
  constructor(
    workspace: Workspace,
    readonly random: number,
  ) {
    this.#workspace = workspace;
    this.normals = workspace.u8(NORMALS_BYTES).address;
  }

  get deviation(): number {
    return this.#deviation;
  }

  /** Sets the deviation for the next tree, whose random numbers have been started anew. */
  start(deviation: number): void {
    this.#deviation = deviation;
    this.#workspace.kernels.startNormals(this.normals);
  }

  next(): number {
    if (this.#deviation === 0) return 0;
    return this.#deviation * this.#workspace.kernels.nextNormal(this.normals, this.random);
  }
}
