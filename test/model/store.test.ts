import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { chmod, mkdir, open, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
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
  /** Another artifact. */
  let other: Uint8Array;

  before(() => {
    [bytes, other] = [1, 2].map(artifactOf);
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
  const write = async (name: string, given: { to?: ModelStore; bytes?: Uint8Array; replace?: boolean } = {}) => {
    const staged = await (given.to ?? store).stage(name, given.bytes ?? bytes);
    try {
      await staged.commit({ replace: given.replace ?? false });
    } finally {
      await staged.discard();
    }
  };
  const reopen = async () => {
    await store.close();
    store = await ModelStore.open(directory.path);
  };

  it('finds after a restart what was written before', async () => {
    await write('Iris');
    await reopen();
    const [found] = (await store.scan()).models;
    expect(found).to.have.property('name', 'Iris');
    expect(found).to.have.nested.property('card.nSamples', 2);
    expect(Buffer.compare(await store.read('Iris'), bytes)).to.equal(0);
  });

  it('makes the directory where it is missing', async () => {
    const deep = await ModelStore.open(join(directory.path, 'a/b/c'));
    await write('m', { to: deep });
    await deep.close();
  });

  it('shows nothing of an artifact before it is committed, and leaves nothing of one that is not', async () => {
    const staged = await store.stage('m', bytes);
    expect((await store.scan()).models).to.deep.equal([]);
    expect(await files()).to.have.length(1);
    await staged.discard();
    expect(await files()).to.deep.equal([]);
  });

  it('sweeps up at the start what was never committed', async () => {
    await store.stage('m', bytes);
    await reopen();
    expect(await files()).to.deep.equal([]);
  });

  it('replaces an artifact where it is told to, whoever reads the old one meanwhile', async () => {
    await write('m');
    const old = await open(join(directory.path, 'm.safetensors'));
    await write('m', { bytes: other, replace: true });
    expect(Buffer.compare(await old.readFile(), bytes)).to.equal(0);
    await old.close();
    expect(Buffer.compare(await store.read('m'), other)).to.equal(0);
    expect(await files()).to.deep.equal(['m.safetensors']);
  });

  it('replaces an artifact that has gone meanwhile', async () => {
    await write('m');
    const staged = await store.stage('m', other);
    await rm(join(directory.path, 'm.safetensors'));
    await staged.commit({ replace: true });
    await staged.discard();
    expect(Buffer.compare(await store.read('m'), other)).to.equal(0);
    expect(await files()).to.deep.equal(['m.safetensors']);
  });

  it('leaves all as it is where an artifact cannot be replaced', async () => {
    const path = join(directory.path, 'm.safetensors');
    await mkdir(path);
    const thrown = await write('m', { replace: true }).catch((error: unknown) => error);
    expect(thrown).to.have.property('reason', 'INTERNAL');
    expect(await files()).to.deep.equal(['m.safetensors']);
    expect((await stat(path)).isDirectory()).to.equal(true);
  });

  it('does not replace a file that was put there by hand', async () => {
    await writeFile(join(directory.path, 'm.safetensors'), 'mine');
    const thrown = await write('m').catch((error: unknown) => error);
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
    await write('m');
    await store.remove('m');
    await store.remove('m');
    expect(await files()).to.deep.equal([]);
  });

  it('removes all of some, and leaves the others', async () => {
    for (const name of ['a', 'b', 'c']) await write(name);
    await store.removeAll(['a', 'c', 'gone']);
    expect(await files()).to.deep.equal(['b.safetensors']);
  });

  it('undoes at the start a removal of many that was not committed', async () => {
    for (const name of ['a', 'b']) await write(name);
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
    const thrown = await write('m').catch((error: unknown) => error);
    await chmod(directory.path, 0o700);
    expect(thrown).to.have.property('message').that.includes('EACCES').and.not.includes(directory.path);
  });
});

function artifactOf(generation: number): Uint8Array {
  const model = {
    generation,
    estimator: { kind: 'k_neighbors_classifier', engine: 'mljs', hyperparameters: {} },
    classes: { kind: 'string', values: ['a', 'b'] },
    features: [{ name: 'x0', kind: 'numeric' }],
    nSamples: 2,
    metrics: {},
    createdAt: new Date(),
    fitDurationMs: 1,
    requestId: '',
  } as const;
  return encodeArtifact(model, { x: tensor('F64', [2, 1], Float64Array.of(1, 2)) }).bytes;
}
