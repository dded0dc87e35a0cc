import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

const module = new URL('../../src/training/collect-garbage.js', import.meta.url);

describe('Collecting garbage', () => {
  it('goes on every thread, however many begin with it at once', async () => {
    const gate = new SharedArrayBuffer(4);
    // Each waits for the gate with the module at hand, so that their first collections meet.
    const program = `
      import { workerData } from 'node:worker_threads';
      import { collectGarbage } from ${JSON.stringify(module.href)};
      Atomics.wait(new Int32Array(workerData), 0, 0);
      collectGarbage();
    `;
    const entry = new URL(`data:text/javascript,${encodeURIComponent(program)}`);
    const threads = Array.from({ length: 16 }, () => new Worker(entry, { workerData: gate }));
    await Promise.all(threads.map(async (thread) => once(thread, 'online')));
    const ends = threads.map(async (thread) => once(thread, 'exit'));
    Atomics.store(new Int32Array(gate), 0, 1);
    Atomics.notify(new Int32Array(gate), 0);
    // A thread that fails rejects.
    await Promise.all(ends);
  });
});
