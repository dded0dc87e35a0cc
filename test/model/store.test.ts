import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { tensor } from '../../src/estimators/tensor.js';
import { encodeArtifact } from '../../src/model/artifact.js';
import { ModelStore } from '../../src/model/store.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

describe('the store', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let store: ModelStore;
  let bytes: Uint8Array;
  const idle = new AbortController().signal;

  before(async () => {
    const { bytes: encoded } = encodeArtifact(
      {
        generation: 1,
        estimator: { kind: 'k_neighbors_classifier', engine: 'mljs', hyperparameters: {} },
        classes: { kind: 'string', values: ['a', 'b'] },
        features: [{ name: 'x0', kind: 'numeric' }],
        nSamples: 2,
        metrics: {},
        createdAt: new Date(),
        fitDurationMs: 1,
        requestId: '',
      },
      { x: tensor('F64', [2, 1], Float64Array.of(1, 2)) },
    );
    bytes = encoded;
  });
  beforeEach(async () => {
    directory = await temporaryDirectory();
    store = await ModelStore.open(directory.path);
  });
  afterEach(async () => {
    await store.close();
    await directory.remove();
  });

  const files = async () => (await readdir(directory.path)).filter((name) => name !== '.lock').toSorted();
  const reopen = async () => {
    await store.close();
    store = await ModelStore.open(directory.path);
  };

  it('finds after a restart what was written before', async () => {
    await store.write('Iris', bytes, idle);
    await reopen();
    const [found] = (await store.scan()).models;
    expect(found).to.have.property('name', 'Iris');
    expect(found).to.have.nested.property('card.nSamples', 2);
    expect(Buffer.compare(await store.read('Iris'), bytes)).to.equal(0);
  });

  it('makes the directory where it is missing', async () => {
    const deep = await ModelStore.open(join(directory.path, 'a/b/c'));
    await deep.write('m', bytes, idle);
    await deep.close();
  });

  it('writes nothing for a signal that has aborted', async () => {
    const reason = new Error('gone');
    const thrown = await store.write('m', bytes, AbortSignal.abort(reason)).catch((error: unknown) => error);
    expect(thrown).to.equal(reason);
    expect(await files()).to.deep.equal([]);
  });

  it('does not replace a file that was put there by hand', async () => {
    await writeFile(join(directory.path, 'm.safetensors'), 'mine');
    const thrown = await store.write('m', bytes, idle).catch((error: unknown) => error);
    expect(thrown).to.have.property('reason', 'MODEL_ALREADY_EXISTS');
    expect(await files()).to.deep.equal(['m.safetensors']);
  });

  it('opens for one of many who start over a dead one, and tells the others who owns it', async () => {
    await store.close();
    for (let round = 0; round < 10; round++) {
      const dead = { id: `dead-${round}`, pid: 2 ** 22 + 1, started: '1', realm: '', since: '' };
      await writeFile(join(directory.path, '.lock'), JSON.stringify(dead));
      await utimes(join(directory.path, '.lock'), 0, 0);
      const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => ModelStore.open(directory.path, 20)));
      const opened = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
      const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as Error] : []));
      expect(opened).to.have.length(1);
      expect(refused.map(({ name }) => name)).to.deep.equal(Array.from({ length: 7 }, () => 'DirectoryLockedError'));
      await opened[0].close();
    }
    store = await ModelStore.open(directory.path);
  });

  it('sweeps up what a starter has left that died', async () => {
    await writeFile(join(directory.path, '.lock.old'), '{');
    await utimes(join(directory.path, '.lock.old'), 0, 0);
    await reopen();
    expect(await files()).to.deep.equal([]);
  });

  it('removes one, and counts one that has gone as removed', async () => {
    await store.write('m', bytes, idle);
    await store.remove('m');
    await store.remove('m');
    expect(await files()).to.deep.equal([]);
  });

  it('removes all of some, and leaves the others', async () => {
    for (const name of ['a', 'b', 'c']) await store.write(name, bytes, idle);
    await store.removeAll(['a', 'c', 'gone']);
    expect(await files()).to.deep.equal(['b.safetensors']);
  });

  it('undoes at the start a removal of many that was not committed', async () => {
    for (const name of ['a', 'b']) await store.write(name, bytes, idle);
    await mkdir(join(directory.path, '.removing-x'));
    await rename(join(directory.path, 'a.safetensors'), join(directory.path, '.removing-x/a.safetensors'));
    await reopen();
    expect(await files()).to.deep.equal(['a.safetensors', 'b.safetensors']);
  });

  it('finishes at the start a removal of many that was committed', async () => {
    await mkdir(join(directory.path, '.removed-x'));
    await writeFile(join(directory.path, '.removed-x/a.safetensors'), bytes);
    await reopen();
    expect(await files()).to.deep.equal([]);
  });

  it('sweeps up half-written files, and leaves alone what is not its own', async () => {
    await writeFile(join(directory.path, '.writing-1'), 'x');
    await writeFile(join(directory.path, 'notes.txt'), 'mine');
    await reopen();
    expect(await files()).to.deep.equal(['notes.txt']);
    expect(await store.scan()).to.deep.equal({ models: [], ignored: ['notes.txt'] });
  });

  it('shows a damaged artifact with its fault', async () => {
    await writeFile(join(directory.path, 'cut.safetensors'), bytes.subarray(0, 20));
    const { models } = await store.scan();
    expect(models).to.have.length(1);
    expect(models[0]).to.have.nested.property('fault.reason', 'MODEL_CORRUPT');
  });

  it('takes nothing for an artifact that is no file of a model’s name: it never opens it, and never removes it', async () => {
    await mkdir(join(directory.path, 'folder.safetensors'));
    await promisify(execFile)('mkfifo', [join(directory.path, 'pipe.safetensors')]);
    await writeFile(join(directory.path, 'Upper.safetensors'), bytes);
    const { models, ignored } = await store.scan();
    expect(models).to.deep.equal([]);
    expect(ignored).to.have.members(['folder.safetensors', 'pipe.safetensors', 'Upper.safetensors']);
  });

  it('says which rule of the disk it met, and not where', async function () {
    if (process.getuid?.() === 0) this.skip(); // Root may write anywhere.
    await chmod(directory.path, 0o500);
    const thrown = await store.write('m', bytes, idle).catch((error: unknown) => error);
    await chmod(directory.path, 0o700);
    expect(thrown).to.have.property('message').that.includes('EACCES').and.not.includes(directory.path);
  });
});
