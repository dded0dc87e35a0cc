import { type Placed, Workspace } from '../../../kernels/workspace.js';
import { placesOf, type ScoredRows } from './scored-rows.js';

/** How the hessians of the log loss are taken. */
export interface HessianRule {
  /** What p (1 - p) is multiplied by where there are more than two classes. */
  readonly factor: number;
  /** What a hessian is at least, before its row's weight. */
  readonly least: number;
}

/** The gradients and hessians of the log loss by the scores of rows, one output at a time. */
export class LogLossGradients {
  /** The address of the pairs (f32) of gradient and hessian, one a row. */
  readonly pairs: number;
  readonly #workspace: Workspace;
  readonly #rows: ScoredRows;
  readonly #rule: HessianRule;
  readonly #probabilities: Placed<Float32Array> | undefined;

  static bytes(nRows: number, nOutputs: number): number {
    const nPlaces = placesOf(nRows);
    const probabilities = nOutputs === 1 ? 0 : Workspace.sizeOf(nPlaces * nOutputs, 4);
    return Workspace.sizeOf(2 * nPlaces, 4) + probabilities;
  }

  constructor(workspace: Workspace, rows: ScoredRows, rule: HessianRule) {
    this.#workspace = workspace;
    this.#rows = rows;
    this.#rule = rule;
    this.pairs = workspace.f32(2 * rows.nPlaces).address;
    this.#probabilities = rows.nOutputs === 1 ? undefined : workspace.f32(rows.nPlaces * rows.nOutputs);
  }

  /** Takes the scores as they are now, for the outputs that follow. */
  startIteration(): void {
    if (this.#probabilities === undefined) return;
    const { nPlaces, nOutputs } = this.#rows;
    this.#workspace.kernels.softmaxProbabilities(
      this.#rows.scoresOf(0),
      nPlaces,
      nOutputs,
      this.#probabilities.address,
    );
  }

  /** Writes the pairs of an output. */
  write(output: number): void {
    const { kernels } = this.#workspace;
    const { nPlaces, labels, weights } = this.#rows;
    const { factor, least } = this.#rule;
    if (this.#probabilities === undefined) {
      kernels.sigmoidGradients(this.#rows.scoresOf(0), labels.address, weights.address, nPlaces, least, this.pairs);
      return;
    }
    kernels.classGradients(
      this.#probabilities.address + output * nPlaces * 4,
      output,
      labels.address,
      weights.address,
      nPlaces,
      factor,
      least,
      this.pairs,
    );
  }
}
