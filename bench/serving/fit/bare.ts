import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Trained } from './work.js';

const ENTRY = fileURLToPath(new URL('./bare-training.js', import.meta.url));

/** A process that trains on data of its own, again and again. */
export class BareProcess {
  private constructor(private readonly child: ChildProcess) {}

  /** Starts it, and waits until it has drawn so much data. */
  static async start(rows: number, columns: number): Promise<BareProcess> {
    const child = fork(ENTRY, [String(rows), String(columns)]);
    const bare = new BareProcess(child);
    await bare.#message();
    return bare;
  }

  async train(): Promise<Trained> {
    this.child.send('train');
    return (await this.#message()) as Trained;
  }

  async stop(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.disconnect();
    await exited;
  }

  async #message(): Promise<unknown> {
    const waiting = new AbortController();
    const { signal } = waiting;
    const ended = once(this.child, 'exit', { signal }).then(([code]: unknown[]) => {
      throw new Error(`the bare training has ended with code ${String(code)}`);
    });
    try {
      const [message] = (await Promise.race([once(this.child, 'message', { signal }), ended])) as [unknown];
      return message;
    } finally {
      ended.catch(() => undefined);
      waiting.abort();
    }
  }
}
