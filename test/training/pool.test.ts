import { expect } from 'chai';
import { readdir, readFile } from 'node:fs/promises';
import type { EstimatorSpec } from '../../src/estimators/estimator.js';
import { resolveEstimator } from '../../src/estimators/catalog.js';
import { TrainingPool } from '../../src/training/pool.js';
import { SharedProgress } from '../../src/training/progress.js';
import type { FitJob } from '../../src/training/protocol.js';
import { EXIT_SEED, LEAK_SEED } from '../fixtures/faults.js';
import { lcg } from '../support/problems.js';
import { faultyWorker } from '../support/server.js';

const forest = (trees: number) => resolveEstimator('random_forest_classifier', 'mljs', { n_estimators: trees });
const endless = forest(100_000);
const never = new AbortController().signal;

/** Of each of this process's threads, by their ids. */
async function nicenesses(): Promise<Map<number, number>> {
  const threads = await readdir('/proc/self/task');
  const found = new Map<number, number>();
  for (const thread of threads) {
    // A thread may have ended since.
    const stat = await readFile(`/proc/self/task/${thread}/stat`, 'utf8').catch(() => '');
    // Its name is in brackets, whatever it holds; its niceness is the 17th field behind it (proc_pid_stat(5)).
    if (stat !== '') found.set(Number(thread), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]));
  }
  return found;
}

describe('the training pool', () => {
  let pool: TrainingPool;
  let lost: string[];

  const open = (entry?: URL, memoryMb = 256) => {
    lost = [];
    pool = new TrainingPool({
      slots: 2,
      memoryMb,
      entry,
      onLost: (slot, cause) => lost.push(`${slot}: ${cause.message}`),
    });
    return pool;
  };
  afterEach(() => pool.close());

  it('trains on a worker thread and reports how far it is', async () => {
    const slot = open().acquire();
    const progress = new SharedProgress();
    const { classes, tensors } = await slot.train(jobOf(forest(5)), progress, never);
    expect(classes).to.deep.equal({ kind: 'string', values: ['a', 'b'] });
    expect(Object.keys(tensors)).not.to.deep.equal([]);
    expect(progress.read()).to.include({ fraction: 1, iteration: 5, iterations: 5 });
  });

  it('gives way to the thread of the server, where threads have priorities', async function () {
    if (process.platform !== 'linux') this.skip();
    const before = await nicenesses();
    await open()
      .acquire()
      .train(jobOf(forest(1)), new SharedProgress(), never);
    const after = await nicenesses();
    expect(after.get(process.pid)).to.equal(before.get(process.pid));
    const started = [...after].filter(([thread]) => !before.has(thread)).map(([, niceness]) => niceness);
    expect(started).to.include((before.get(process.pid) ?? 0) + 10);
  });

  it('takes the data over instead of copying it', async () => {
    const job = jobOf(forest(1));
    await open().acquire().train(job, new SharedProgress(), never);
    expect(job.x.data.byteLength).to.equal(0);
  });

  it('copies data that shares its buffer with others', async () => {
    const shared = new Float64Array(1000);
    const job = jobOf(forest(1));
    shared.set(job.x.data, 4);
    const view = shared.subarray(4, 4 + job.x.data.length);
    await open()
      .acquire()
      .train({ ...job, x: { ...job.x, data: view } }, new SharedProgress(), never);
    expect(shared.length).to.equal(1000);
  });

  it('refuses when all slots are taken, and has no queue', () => {
    const first = open().acquire();
    pool.acquire();
    expect(pool.busy).to.equal(2);
    expect(() => pool.acquire())
      .to.throw()
      .with.property('reason', 'NO_FREE_TRAINING_SLOT');
    first.release();
    first.release();
    expect(pool.busy).to.equal(1);
  });

  for (const spec of [
    forest(3),
    resolveEstimator('random_forest_classifier', 'core', { n_estimators: 3 }),
    resolveEstimator('logistic_regression', 'core', {}),
    resolveEstimator('k_neighbors_classifier', 'core', {}),
  ]) {
    it(`gives equal results in every slot, and again: ${spec.kind} by ${spec.engine}`, async () => {
      open();
      const slots = [pool.acquire(), pool.acquire()];
      const results = await Promise.all(slots.map((slot) => slot.train(jobOf(spec), new SharedProgress(), never)));
      results.push(await slots[0].train(jobOf(spec), new SharedProgress(), never));
      expect(Object.keys(results[0].tensors)).not.to.deep.equal([]);
      expect(results[1]).to.deep.equal(results[0]);
      expect(results[2]).to.deep.equal(results[0]);
    });
  }

  it('ends a training that is cancelled, with the signal’s reason, and trains again', async () => {
    const slot = open().acquire();
    const progress = new SharedProgress();
    const abort = new AbortController();
    const ended = failureOf(slot.train(jobOf(endless), progress, abort.signal));
    await untilRunning(progress);
    const reason = new Error('enough');
    abort.abort(reason);
    expect(await ended).to.equal(reason);
    await slot.train(jobOf(forest(1)), new SharedProgress(), never);
  });

  it('ends the thread of a training that does not hear that it is cancelled', async () => {
    const slot = open(faultyWorker).acquire();
    const abort = new AbortController();
    const reason = new Error('enough');
    // It leaks until it dies, and looks at nothing.
    const ended = failureOf(slot.train(jobOf(forest(1), LEAK_SEED), new SharedProgress(), abort.signal));
    abort.abort(reason);
    expect(await ended).to.equal(reason);
    expect(lost).to.deep.equal(['training-1: ended, since its cancelled training went on']);
    await slot.train(jobOf(forest(1)), new SharedProgress(), never);
  });

  it('never gives a thread that is being ended to the next training', async () => {
    const slot = open().acquire();
    for (let round = 0; round < 10; round++) {
      const progress = new SharedProgress();
      const abort = new AbortController();
      const ended = failureOf(slot.train(jobOf(endless), progress, abort.signal));
      await untilRunning(progress);
      abort.abort(new Error('enough'));
      // The loop is busy past the grace period: answer and timer are due in the same turn.
      const until = Date.now() + 250;
      while (Date.now() < until);
      await ended;
      await slot.train(jobOf(forest(1)), new SharedProgress(), never);
    }
  });

  it('does not begin a training whose signal has aborted', async () => {
    const job = jobOf(forest(1));
    const reason = new Error('before');
    expect(await failureOf(open().acquire().train(job, new SharedProgress(), AbortSignal.abort(reason)))).to.equal(
      reason,
    );
    expect(job.x.data.byteLength).not.to.equal(0);
  });

  it('replaces a thread that dies, as often as it does', async () => {
    const slot = open(faultyWorker).acquire();
    for (let i = 0; i < 3; i++) {
      const error = await failureOf(slot.train(jobOf(forest(1), EXIT_SEED), new SharedProgress(), never));
      expect(error).to.have.property('reason', 'TRAINING_CRASHED');
    }
    expect(pool.replaced).to.equal(3);
    expect(lost[0]).to.match(/^training-1: .*exited with code 3/);
    await slot.train(jobOf(forest(1)), new SharedProgress(), never);
  });

  it('tells a thread that ran out of memory from one that crashed', async () => {
    const slot = open(faultyWorker, 32).acquire();
    const error = await failureOf(slot.train(jobOf(forest(1), LEAK_SEED), new SharedProgress(), never));
    expect(error).to.have.property('reason', 'TRAINING_MEMORY_LIMIT');
    expect(error).to.have.property('message').that.includes('TRAINING_MEMORY_MB=32');
    await slot.train(jobOf(forest(1)), new SharedProgress(), never);
  });

  it('does not start a broken thread over and over', async () => {
    const slot = open(new URL('../fixtures/no-such-worker.js', import.meta.url)).acquire();
    for (let i = 1; i <= 2; i++) {
      const error = await failureOf(slot.train(jobOf(forest(1)), new SharedProgress(), never));
      expect(error).to.have.property('reason', 'TRAINING_CRASHED');
    }
    // Two at the start, one more for each training after the first.
    expect(lost.length).to.be.within(2, 3);
  });

  it('passes on what the estimator has against the data', async () => {
    const job = jobOf(forest(1));
    job.x.data[3] = Infinity;
    const error = await failureOf(open().acquire().train(job, new SharedProgress(), never));
    expect(error).to.have.property('reason', 'INVALID_REQUEST');
    expect(error).to.have.nested.property('violations[0].field', 'x.rows[1].values[1]');
  });

  it('keeps the stack of an unexpected error for the log', async () => {
    const broken = { ...forest(1), kind: 'cat_boost_classifier', engine: 'mljs' } as EstimatorSpec;
    const error = await failureOf(open().acquire().train(jobOf(broken), new SharedProgress(), never));
    expect(error).to.be.an('error').that.does.not.have.property('reason');
    expect(error).to.have.property('stack').that.includes('catalog');
  });
});

function jobOf(spec: EstimatorSpec, seed = 0): FitJob {
  const random = lcg(1);
  const rows = 40;
  const data = Float64Array.from({ length: rows * 2 }, (_, i) => (Math.floor(i / 2) % 2) + random() / 4);
  const values = Array.from({ length: rows }, (_, row) => 'ab'[row % 2]);
  return {
    spec,
    x: { rows, columns: 2, data, encoding: 'rows' },
    y: { kind: 'string', values },
    seed,
    weighting: { balanced: false },
    validationFraction: 0,
    earlyStoppingRounds: 0,
    memoryMb: 1024,
  };
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it was fulfilled');
}

async function untilRunning(progress: SharedProgress): Promise<void> {
  while (progress.read().iteration === 0) await new Promise((resolve) => setImmediate(resolve));
}
