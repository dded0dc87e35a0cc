import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Answered, Asked, Question, Questions, Serving } from './questions.js';

/** What it is started with. */
export interface NodeServerOptions {
  readonly args?: readonly string[];
  readonly settings?: Readonly<Record<string, string>>;
}

/** A server in a Node process of its own, which answers questions about itself. */
export class NodeServer {
  readonly #ended: Promise<never>;
  readonly #waiting = new Map<number, (answer: Questions[Question]) => void>();
  #asked = 0;
  #address = '';

  private constructor(private readonly child: ChildProcess) {
    this.#ended = ended(child);
    // Whoever waits hears of it.
    this.#ended.catch(() => undefined);
  }

  /** @param entry A program that calls `answerQuestions`. */
  static async start(entry: URL, { args = [], settings = {} }: NodeServerOptions = {}): Promise<NodeServer> {
    const child = fork(fileURLToPath(entry), args, {
      env: { ...process.env, ...settings },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const server = new NodeServer(child);
    const [{ address }] = (await Promise.race([once(child, 'message'), server.#ended])) as [Serving];
    server.#address = address;
    child.on('message', ({ id, answer }: Answered) => {
      server.#waiting.get(id)?.(answer);
      server.#waiting.delete(id);
    });
    return server;
  }

  /** As `host:port`. */
  get address(): string {
    return this.#address;
  }

  async ask<Q extends Question>(question: Q): Promise<Questions[Q]> {
    const id = this.#asked++;
    const answered = new Promise<Questions[Question]>((resolve) => this.#waiting.set(id, resolve));
    this.child.send({ id, question } satisfies Asked);
    return (await Promise.race([answered, this.#ended])) as Questions[Q];
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    await this.ask('stop');
    await exited;
  }
}

/** Rejects when the process ends. */
async function ended(child: ChildProcess): Promise<never> {
  const [code] = (await once(child, 'exit')) as [number | null];
  throw new Error(`${child.spawnargs.join(' ')} has ended with code ${code}`);
}
