/** Runs tasks one after the other that share a key, in the order of their calls. */
export class KeyedLock {
  readonly #tails = new Map<string, Promise<void>>();

  async run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key);
    let release = (): void => undefined;
    const done = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.#tails.set(key, done);
    try {
      await before;
      return await task();
    } finally {
      release();
      if (this.#tails.get(key) === done) this.#tails.delete(key);
    }
  }

  /** Holds all of `keys` for one task. Taking them in order keeps two such calls from waiting for each other. */
  async runAll<T>(keys: readonly string[], task: () => Promise<T>): Promise<T> {
    const inOrder = keys.toSorted();
    const hold = (next: number): Promise<T> =>
      next === inOrder.length ? task() : this.run(inOrder[next], () => hold(next + 1));
    return hold(0);
  }
}
