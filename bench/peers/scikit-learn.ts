import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** What a peer is asked to do; the files hold float64 rows and int32 labels. */
export interface PeerRequest {
  readonly estimator: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly x: string;
  readonly y: string;
  /** Query rows. */
  readonly q: string;
  readonly columns: number;
}

export interface PeerAnswer {
  /** Seconds. */
  readonly fit: number;
  /** Seconds for all queries. */
  readonly batch: number;
  /** Seconds for one row. */
  readonly row: number;
  /** A file of float64, queries x classes. */
  readonly probabilities: string;
  readonly coef?: number[];
  readonly intercept?: number[];
}

// Compiled, this file is in dist/bench/peers; the environment is made beside its source.
const FOLDER = fileURLToPath(new URL('../../../bench/peers/', import.meta.url));
const PYTHON = `${FOLDER}.venv/bin/python`;
const run = promisify(execFile);

/** scikit-learn on one thread, in a process of its own. */
export class ScikitLearn {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  private constructor() {
    const one = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
    this.#child = spawn(PYTHON, [`${FOLDER}scikit_learn.py`], {
      env: { ...process.env, ...one },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    if (this.#child.stdout === null) throw new Error('the peer has no output');
    this.#answers = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
  }

  /** Starts it, after its environment has been made; `python3` and a package index are needed for that once. */
  static async start(log: (line: string) => void): Promise<ScikitLearn> {
    const wanted = await readFile(`${FOLDER}requirements.txt`, 'utf8');
    const installed = await readFile(`${FOLDER}.venv/installed.txt`, 'utf8').catch(() => '');
    if (installed !== wanted) {
      log('making an environment with scikit-learn');
      await run('python3', ['-m', 'venv', '--clear', `${FOLDER}.venv`]);
      await run(PYTHON, ['-m', 'pip', 'install', '--quiet', '--requirement', `${FOLDER}requirements.txt`]);
      await copyFile(`${FOLDER}requirements.txt`, `${FOLDER}.venv/installed.txt`);
    }
    return new ScikitLearn();
  }

  async ask(request: PeerRequest): Promise<PeerAnswer> {
    this.#child.stdin?.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error('the peer has ended');
    return JSON.parse(value) as PeerAnswer;
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.stdin?.end();
    await exited;
  }
}
