/** Watches the loss on the validation rows. */
export class EarlyStopping {
  readonly #rounds: number;
  #best = Infinity;
  #bestIteration = 0;

  /** @param rounds iterations without a better loss after which to stop; 0: never */
  constructor(rounds: number) {
    this.#rounds = rounds;
  }

  /** Whether the best iteration is kept, rather than the last one. */
  get isOn(): boolean {
    return this.#rounds > 0;
  }

  /** The iteration with the least loss; the first is 1, and 0 means none. */
  get bestIteration(): number {
    return this.#bestIteration;
  }

  /** Takes the loss after an iteration; returns whether it is the best so far. */
  record(iteration: number, loss: number): boolean {
    if (!(loss < this.#best)) return false;
    this.#best = loss;
    this.#bestIteration = iteration;
    return true;
  }

  /** Whether enough iterations were no better. */
  isOver(iteration: number): boolean {
    return this.isOn && iteration - this.#bestIteration >= this.#rounds;
  }
}
