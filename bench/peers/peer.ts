import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Circumstances } from '../benchmark.js';
import type { Problem } from '../data/problem.js';
import { makeEnvironment, PEERS } from './environment.js';

/** What the peer is to train, and asked; see peer.py. */
export interface PeerQuestion {
  /** A class with scikit-learn's interface, by its full name. */
  readonly estimator: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** So many batches of all queries, and single rows, are timed; unset: none. */
  readonly batches?: number;
  /** The seconds to ask batches before. */
  readonly warm_up?: number;
  readonly rows?: number;
  /** Whether batch and row are timed by LightGBM's C interface. */
  readonly c_api?: boolean;
  /** Whether batch and row are timed of numpy's arrays too, and not only in the form that suits the library best. */
  readonly arrays?: boolean;
  /** Fitted attributes that the answer should have. */
  readonly attributes?: readonly string[];
  /** Whether the answer should have the numbers of the nearest rows. */
  readonly neighbours?: boolean;
}

/** What the queries are timed as. */
type Asked = 'batch' | 'row' | 'array_batch' | 'array_row';

export interface PeerAnswer {
  /** For the fit, and for a batch of all queries and one row the medians; 0 when none were asked for. */
  readonly seconds: { readonly fit: number } & Readonly<Record<Asked, number>>;
  /** Shape: queries x classes. */
  readonly probabilities: Float64Array;
  /** Flat. */
  readonly attributes: Readonly<Record<string, readonly number[]>>;
  /** Shape: queries x n_neighbors; empty unless asked for. */
  readonly neighbours: Int32Array;
  /** Of the fit, each once. */
  readonly warnings: readonly string[];
}

/** A problem that the peer has got; good until the peer is stopped. */
export interface GivenProblem {
  readonly x: string;
  readonly y: string;
  readonly q: string;
  readonly columns: number;
  /** The columns that have categories. */
  readonly categorical: readonly number[];
}

/** What peer.py answers of a training. */
type Answer = Pick<PeerAnswer, 'warnings' | 'attributes'> & {
  readonly seconds: { readonly fit: number } & Readonly<Record<Asked, number | null>>;
  readonly files: { readonly probabilities: string; readonly neighbours?: string };
};

/** What it answers of a problem that it has drawn. */
interface Drawn {
  readonly files: Readonly<Record<'x' | 'y' | 'q' | 'qy', string>>;
}

/** The Python libraries that ours is measured against, on one thread, in a process of their own. */
export class Peer {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  #given = 0;

  private constructor(private readonly folder: string) {
    const one = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };
    this.#child = spawn(PEERS.python, [PEERS.program], {
      env: { ...process.env, ...one },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    if (this.#child.stdin === null || this.#child.stdout === null) throw new Error('the peer has no pipes');
    // Whoever waits for an answer hears of a peer that has ended.
    this.#child.stdin.on('error', () => undefined);
    this.#answers = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
  }

  /**
   * Starts it, and makes its environment before that if need be.
   *
   * @throws BenchmarkError when that cannot be made.
   */
  static async start({ python, progress }: Pick<Circumstances, 'python' | 'progress'>): Promise<Peer> {
    await makeEnvironment(PEERS, python, (line) => progress.note(line));
    return new Peer(await mkdtemp(join(tmpdir(), 'modelserver-bench-')));
  }

  /** Hands a problem over, in files. */
  async give({ x, y, q, columns, nCategories = new Uint32Array() }: Problem): Promise<GivenProblem> {
    const prefix = join(this.folder, String(this.#given++));
    const files = { x: `${prefix}.x`, y: `${prefix}.y`, q: `${prefix}.q` };
    await Promise.all([writeFile(files.x, x), writeFile(files.y, y), writeFile(files.q, q)]);
    const categorical = Array.from(nCategories.keys()).filter((column) => nCategories[column] > 0);
    return { ...files, columns, categorical };
  }

  /** Has a problem drawn by scikit-learn's make_classification, with these parameters; its last rows are the queries. */
  async draw(
    parameters: { n_features: number; n_classes: number; n_samples: number },
    queries: number,
  ): Promise<Problem> {
    const request = { draw: parameters, queries, out: join(this.folder, 'drawn.') };
    const { files } = (await this.#request('make_classification', request)) as Drawn;
    const [x, y, q, qy] = await Promise.all([files.x, files.y, files.q, files.qy].map(bytesOf));
    return {
      columns: parameters.n_features,
      classes: parameters.n_classes,
      x: new Float64Array(x),
      y: new Int32Array(y),
      q: new Float64Array(q),
      qy: new Int32Array(qy),
    };
  }

  /** Trains on a problem's rows, and asks about its queries. */
  async ask(problem: GivenProblem, question: PeerQuestion): Promise<PeerAnswer> {
    const request = { ...problem, ...question, out: join(this.folder, 'answer.') };
    const { seconds, files, attributes, warnings } = (await this.#request(question.estimator, request)) as Answer;
    return {
      seconds: {
        fit: seconds.fit,
        batch: seconds.batch ?? 0,
        row: seconds.row ?? 0,
        array_batch: seconds.array_batch ?? 0,
        array_row: seconds.array_row ?? 0,
      },
      probabilities: new Float64Array(await bytesOf(files.probabilities)),
      neighbours: files.neighbours === undefined ? new Int32Array() : new Int32Array(await bytesOf(files.neighbours)),
      attributes,
      warnings,
    };
  }

  async #request(what: string, request: object): Promise<object> {
    this.#child.stdin?.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error(`the peer has ended while it worked on ${what}`);
    const reply = JSON.parse(value) as { readonly error?: string };
    if (reply.error !== undefined) throw new Error(`${what}: ${reply.error}`);
    return reply;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exited = once(this.#child, 'exit');
      this.#child.stdin?.end();
      await exited;
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Of a file, in a buffer of their own. */
async function bytesOf(path: string): Promise<ArrayBuffer> {
  return Uint8Array.from(await readFile(path)).buffer;
}
