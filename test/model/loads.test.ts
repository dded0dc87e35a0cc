import { expect } from 'chai';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rejectionOf } from '../support/refusal.js';
import { openTestService, type TestService } from '../support/service.js';

const MB = 2 ** 20;

describe('A Load', () => {
  let test: TestService;
  afterEach(() => test.close());

  it('is refused, and leaves nothing, when the model that stands takes more than its file let expect', async () => {
    test = await openTestService({ maxLoadedBytes: 5 * MB });
    const { card } = await test.fit('m', { nSamples: 200_000, nFeatures: 2 });
    expect(card?.sizeBytes, 'so that it is not refused before').to.be.below(5 * MB);
    const refusal = await rejectionOf(test.service.load('m'));
    expect(refusal).to.include({ reason: 'LOADED_MEMORY_LIMIT_REACHED' });
    expect(refusal)
      .to.have.property('message')
      .that.matches(/^the model m would take about [6-9] MB in memory;/);
    expect(test.service.status()).to.include({ loadedModels: 0, loadedBytes: 0 });
    // Nothing is wrong with the artifact.
    expect(test.service.getModel('m')).to.include({ state: 'stored', reason: '' });
  });

  it('that fails gives its place back, and so does one of a model that is removed before its turn', async () => {
    test = await openTestService({ maxLoadedModels: 1 });
    await test.fit('bad');
    await test.fit('good');
    const path = join(test.modelsPath, 'bad.safetensors');
    const bytes = await readFile(path);
    await writeFile(
      path,
      bytes.map((byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte)),
    );
    expect(await rejectionOf(test.service.load('bad'))).to.include({ reason: 'MODEL_CORRUPT' });
    const removed = test.service.remove('bad', false);
    expect(await rejectionOf(test.service.load('bad'))).to.include({ reason: 'MODEL_NOT_FOUND' });
    await removed;
    expect(test.service.status()).to.include({ loadedModels: 0, loadedBytes: 0 });
    expect(await test.service.load('good')).to.include({ state: 'loaded' });
  });

  it('counts what the model says that it takes, until it is unloaded', async () => {
    test = await openTestService();
    for (const name of ['a', 'b']) {
      await test.fit(name, { nSamples: 10_000 });
      const { loadedBytes } = await test.service.load(name);
      expect(loadedBytes).to.equal(test.service.getLoaded(name).memoryBytes);
    }
    const bytes = ['a', 'b'].map((name) => test.service.getModel(name).loadedBytes);
    expect(test.service.status().loadedBytes).to.equal(bytes[0] + bytes[1]);
    await test.service.unload('a');
    expect(test.service.status().loadedBytes).to.equal(bytes[1]);
    expect(test.service.getModel('a').loadedBytes).to.equal(0);
  });
});
