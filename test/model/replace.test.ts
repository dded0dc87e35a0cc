import { expect } from 'chai';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GATES } from '../fixtures/artifact-gates.js';
import { type ArtifactGate, closeGate, gatedWorker } from '../support/artifact-gate.js';
import { refusalOf, rejectionOf } from '../support/refusal.js';
import { openTestService, type TestService } from '../support/service.js';

const reason = new Error('the client went away');

describe('A model that is replaced', () => {
  let test: TestService;
  let abort: AbortController;

  beforeEach(async () => {
    test = await openTestService({ maxLoadedModels: 1, artifacts: { entry: gatedWorker, smallBytes: 0 } });
    process.env[GATES] = test.scratchPath;
    abort = new AbortController();
    await test.fit('m');
    await test.service.load('m');
  });
  afterEach(async () => {
    await test.close();
    Reflect.deleteProperty(process.env, GATES);
  });

  /** A Fit that has come to the gate in front of this job. */
  async function replaceUpTo(job: 'encode' | 'decode') {
    const gate: ArtifactGate = await closeGate(test.scratchPath, job);
    const fitted = test.fit('m', { seed: 1, replace: true, signal: abort.signal });
    const open = await gate.waiting();
    return { fitted, open };
  }
  const files = async () => (await readdir(test.modelsPath)).filter((name) => name !== '.lock');
  const artifact = async () => readFile(join(test.modelsPath, 'm.safetensors'));

  it('stays as it was when the Fit is cancelled before the new one is stored', async () => {
    const before = await artifact();
    const { fitted, open } = await replaceUpTo('encode');
    abort.abort(reason);
    await open();
    expect(await rejectionOf(fitted)).to.equal(reason);
    expect(test.service.getModel('m')).to.include({ state: 'loaded', reason: '', training: undefined });
    expect(test.service.getLoaded('m').card.generation).to.equal(1);
    expect(Buffer.compare(await artifact(), before)).to.equal(0);
    expect(await files()).to.deep.equal(['m.safetensors']);
    expect(test.service.status().busyTrainingSlots).to.equal(0);
    expect((await test.fit('m', { replace: true })).card?.generation).to.equal(2);
  });

  it('is the new one once that is stored, whoever cancels then', async () => {
    const { fitted, open } = await replaceUpTo('decode');
    abort.abort(reason);
    expect(test.service.getLoaded('m').card.generation).to.equal(1);
    expect(test.service.getModel('m')).to.include({ state: 'loaded' }).and.have.nested.property('card.generation', 2);
    expect(test.service.getModel('m').training).not.to.equal(undefined);
    expect(test.service.status().busyTrainingSlots, 'the thread has done its work').to.equal(0);
    await open();
    const { card, ...view } = await fitted;
    expect(view).to.include({ state: 'loaded', reason: '', training: undefined });
    expect(card?.generation).to.equal(2);
    expect(test.service.getLoaded('m').card.generation).to.equal(2);
    const { loadedModels, loadedBytes } = test.service.status();
    expect({ loadedModels, loadedBytes }).to.deep.equal({ loadedModels: 1, loadedBytes: view.loadedBytes });
  });

  it('is not loaded after an Unload that came while the new one was being loaded', async () => {
    const { fitted, open } = await replaceUpTo('decode');
    await test.service.unload('m');
    expect(test.service.getModel('m').state).to.equal('stored');
    await open();
    expect(await fitted).to.include({ state: 'stored', reason: '' });
    expect(test.service.status()).to.include({ loadedModels: 0, loadedBytes: 0 });
    await test.service.load('m');
    expect(test.service.getLoaded('m').card.generation).to.equal(2);
  });

  it('is loaded once, when Unload and Load came while the new one was being loaded', async () => {
    const { fitted, open } = await replaceUpTo('decode');
    await test.service.unload('m');
    // At the limit of one model: what will not be used takes no place.
    const loaded = test.service.load('m');
    await open();
    expect(await loaded).to.include({ state: 'loaded' });
    expect(await fitted).to.include({ reason: '' });
    expect(test.service.getLoaded('m').card.generation).to.equal(2);
    const { loadedBytes } = test.service.getModel('m');
    expect(test.service.status()).to.include({ loadedModels: 1, loadedBytes });
  });

  it('is gone after a Remove that came while the new one was being loaded, and the Fit has succeeded all the same', async () => {
    const { fitted, open } = await replaceUpTo('decode');
    await test.service.remove('m', true);
    expect(test.service.getModel('m'), 'the training keeps the name').to.include({ state: 'training' });
    await open();
    expect((await fitted).card?.generation).to.equal(2);
    refusalOf(() => test.service.getModel('m'), 'MODEL_NOT_FOUND', []);
    expect(test.service.status()).to.include({ loadedModels: 0, loadedBytes: 0, storedModels: 0 });
    expect(await files()).to.deep.equal([]);
  });

  it('is followed by the next generation also when it is removed while its successor is in training', async () => {
    const { fitted, open } = await replaceUpTo('encode');
    await test.service.remove('m', true);
    expect(await files()).to.deep.equal([]);
    refusalOf(() => test.service.getLoaded('m'), 'MODEL_IN_TRAINING', []);
    expect(await rejectionOf(test.fit('m'))).to.include({ reason: 'MODEL_ALREADY_EXISTS' });
    await open();
    expect(await fitted)
      .to.include({ state: 'stored' })
      .and.have.nested.property('card.generation', 2);
    expect(await files()).to.deep.equal(['m.safetensors']);
  });

  it('can be unloaded and loaded while its successor is in training', async () => {
    const { fitted, open } = await replaceUpTo('encode');
    await test.service.unload('m');
    const loading = test.service.load('m');
    await open();
    await loading;
    expect((await fitted).state).to.equal('loaded');
    expect(test.service.getLoaded('m').card.generation).to.equal(2);
  });
});
