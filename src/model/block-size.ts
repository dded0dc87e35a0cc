/** What a block should take: below a turn, since no estimate is exact. */
const BLOCK_MS = 1.5;
/** Rows that fit so many times into a block are few: even with a slow way for each of them, they take no more than a turn. */
const FEW = 8;
/** How much larger than the rows that were measured a block may become at once: one row costs more than one of many. */
const MAX_GROWTH = 16;
/** Predictors take rows in lanes of as many. */
const LANES = 8;

/** How many rows a model predicts in a block, as learnt from blocks that have run. */
export class BlockSize {
  /** As many rows take BLOCK_MS. */
  #rows = 1;

  /** Whether so many rows take much less than a block. */
  isAmple(rows: number): boolean {
    return rows * FEW <= this.#rows;
  }

  /** The rows of a block in a turn of which `elapsedMs` are over; at least one. */
  after(elapsedMs: number): number {
    const rows = Math.max(1, Math.floor(this.#rows * (1 - elapsedMs / BLOCK_MS)));
    return rows < LANES ? rows : rows - (rows % LANES);
  }

  /** Learns from a block. One that was slow, as by a garbage collection, halves the size at the most. */
  learn(rows: number, ms: number): void {
    const fitting = Math.min(rows * MAX_GROWTH, rows * (BLOCK_MS / Math.max(ms, Number.MIN_VALUE)));
    if (fitting >= this.#rows) this.#rows = fitting;
    // The last rows of a request, which are few, tell nothing of what many cost.
    else if (ms > BLOCK_MS || rows * 2 >= this.#rows) this.#rows = Math.max(1, fitting, this.#rows / 2);
  }
}
