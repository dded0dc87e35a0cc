import { formatDuration } from '../../client/terminal/format.js';

/** Says how far a benchmark is, a line a step: `[3/14] what … how it went (4.2 s)`. */
export class Progress {
  readonly #out: { write(text: string): unknown };
  #total = 0;
  #done = 0;
  #isInLine = false;

  constructor(out: { write(text: string): unknown }) {
    this.#out = out;
  }

  /** As many steps follow. */
  begin(total: number): void {
    this.#total = total;
    this.#done = 0;
  }

  /** Takes a step: its line begins before the work, and ends after it with what `outcome` makes of the result. */
  async step<T>(what: string, work: () => T | Promise<T>, outcome?: (result: T) => string): Promise<T> {
    this.#done++;
    const count = `[${String(this.#done).padStart(String(this.#total).length)}/${this.#total}]`;
    this.#out.write(`  ${count} ${what} … `);
    this.#isInLine = true;
    const start = performance.now();
    try {
      const result = await work();
      const duration = formatDuration(performance.now() - start);
      this.#endLine(outcome === undefined ? duration : `${outcome(result)} (${duration})`);
      return result;
    } finally {
      this.#endLine('');
    }
  }

  /** A line of its own, also in the middle of a step. */
  note(line: string): void {
    this.#endLine('');
    this.#out.write(`  ${line}\n`);
  }

  #endLine(text: string): void {
    if (this.#isInLine) this.#out.write(`${text}\n`);
    this.#isInLine = false;
  }
}
