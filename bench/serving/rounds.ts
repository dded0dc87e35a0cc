/** How much a benchmark measures. */
export interface Effort {
  readonly rounds: number;
  /** Seconds of each load in a round. */
  readonly seconds: number;
  /** Seconds of the load before the first round. */
  readonly warmUp: number;
}

/** The effort, or of a smoke test as little as shows that all works. */
export function effort(isShort: boolean | undefined, whole: Effort): Effort {
  return isShort ? { rounds: 3, seconds: Math.min(0.5, whole.seconds), warmUp: Math.min(2, whole.warmUp) } : whole;
}

/** Takes the rounds; each task in every round, forth and back in turn. Answers the results of each task, a round each. */
export async function inTurn<T>(rounds: number, tasks: readonly (() => Promise<T>)[]): Promise<T[][]> {
  const results = tasks.map((): T[] => []);
  for (let round = 0; round < rounds; round++) {
    const order = [...tasks.keys()];
    if (round % 2 === 1) order.reverse();
    for (const task of order) results[task].push(await tasks[task]());
  }
  return results;
}

/** a[i] / b[i]. */
export function ratios(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, round) => value / b[round]);
}
