import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Circumstances } from '../benchmark.js';
import { makeEnvironment, SERVICE } from './environment.js';

/** The calls of service.py: what is asked, and what is answered. */
interface Calls {
  readonly fit: [
    { name: string; estimator: string; parameters?: object; x: readonly number[][]; y: readonly number[] },
    unknown,
  ];
  readonly predict: [{ name: string; x: readonly number[][] }, { labels: number[] }];
  readonly load: [{ name: string }, unknown];
  readonly usage: [undefined, { cpuMs: number }];
}

/** The service of FastAPI and scikit-learn that the server is measured against, in a process of its own. */
export class Service {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    /** As `host:port`. */
    readonly address: string,
  ) {}

  /**
   * Starts it, and makes its environment before that if need be.
   *
   * @throws BenchmarkError when that cannot be made.
   */
  static async start({ python, progress }: Pick<Circumstances, 'python' | 'progress'>): Promise<Service> {
    await makeEnvironment(SERVICE, python, (line) => progress.note(line));
    const folder = await mkdtemp(join(tmpdir(), 'modelserver-bench-'));
    // A batch is too small to share between threads; they would only wait for each other.
    const one = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };
    const child = spawn(SERVICE.python, [SERVICE.program, folder], {
      env: { ...process.env, ...one },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    // The last resort, should this process end without its own clean-up.
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', () => process.off('exit', kill));
    const ended = once(child, 'exit').then(([code]: number[]) => {
      throw new Error(`the service has ended with code ${code}`);
    });
    const [line] = (await Promise.race([once(createInterface(child.stdout), 'line'), ended])) as [string];
    ended.catch(() => undefined);
    return new Service(child, folder, line.replace('serving ', ''));
  }

  async call<Name extends keyof Calls>(name: Name, request?: Calls[Name][0]): Promise<Calls[Name][1]> {
    const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(request) };
    const response = await fetch(`http://${this.address}/${name}`, request === undefined ? {} : post);
    if (!response.ok) throw new Error(`the service answers ${name} with ${response.status}: ${await response.text()}`);
    return response.json();
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const exited = once(this.child, 'exit');
      this.child.kill('SIGTERM');
      await exited;
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}
