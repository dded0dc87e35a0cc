import { expect } from 'chai';
import { InferenceMemory } from '../../src/model/inference-memory.js';
import { refusalOf } from '../support/refusal.js';

const MB = 2 ** 20;

describe('The memory of loaded models', () => {
  let memory: InferenceMemory;
  beforeEach(() => {
    memory = new InferenceMemory({ maxLoadedModels: 3, maxLoadedBytes: 100 * MB });
  });
  const refusal = (act: () => unknown) => refusalOf(act, 'LOADED_MEMORY_LIMIT_REACHED', []).message;

  it('is counted from before a load on, so that two of them never find the same room', () => {
    memory.admit('a', 60 * MB);
    expect(refusal(() => memory.admit('b', 41 * MB))).to.equal(
      'the model b would take about 41 MB in memory; other models take 60 MB, and MAX_INFERENCE_MEMORY_MB allows 100 MB; unload others first, or raise MAX_INFERENCE_MEMORY_MB on the server',
    );
    expect(memory.bytes).to.equal(60 * MB);
    memory.admit('b', 40 * MB);
    expect(memory.bytes).to.equal(100 * MB);
  });

  it('does not tell to unload others for a model that has no room alone', () => {
    expect(refusal(() => memory.admit('a', 101 * MB))).to.match(/allows 100 MB; raise MAX_INFERENCE_MEMORY_MB/);
  });

  it('is limited in the number of models too, be they as small as they may', () => {
    const places = ['a', 'b', 'c'].map((name) => memory.admit(name, 1));
    refusalOf(() => memory.admit('d', 1), 'LOADED_MODEL_LIMIT_REACHED', []);
    places[0].free();
    memory.admit('d', 1);
  });

  it('is corrected when a model stands, and refused when it was estimated too low', () => {
    memory.admit('a', 50 * MB);
    const place = memory.admit('b', 30 * MB);
    place.resize(20 * MB);
    expect(memory.bytes).to.equal(70 * MB);
    expect(refusal(() => place.resize(51 * MB))).to.match(/^the model b would take about 51 MB/);
    expect(memory.bytes).to.equal(70 * MB);
    place.free();
    place.free();
    expect(memory.bytes).to.equal(50 * MB);
  });

  it('counts until it is given back, while the place among the models is free at once', () => {
    const [a] = ['a', 'b', 'c'].map((name) => memory.admit(name, 30 * MB));
    a.leave();
    expect(refusal(() => memory.admit('d', 11 * MB))).to.match(
      /other models take 90 MB, of which 30 MB are being given back, and/,
    );
    memory.admit('d', 10 * MB);
    a.free();
    expect(memory.bytes).to.equal(70 * MB);
  });

  it('does not refuse a model that takes the place of another one, however much both take for a while', () => {
    const old = memory.admit('a', 60 * MB);
    memory.admit('b', 30 * MB);
    memory.admit('c', 10 * MB);
    const place = memory.admitInstead('a', 60 * MB, old);
    expect(memory.bytes).to.equal(160 * MB);
    place.resize(59 * MB);
    old.free();
    expect(memory.bytes).to.equal(99 * MB);
  });

  it('does not refuse two such replacements at once', () => {
    const [a, b] = ['a', 'b'].map((name) => memory.admit(name, 50 * MB));
    memory.admitInstead('a', 50 * MB, a);
    memory.admitInstead('b', 50 * MB, b).resize(50 * MB);
    expect(memory.bytes).to.equal(200 * MB);
  });

  it('refuses one that is too large for the place, and then the other one stays where it was', () => {
    const old = memory.admit('a', 60 * MB);
    memory.admit('b', 30 * MB);
    memory.admit('c', 10 * MB);
    expect(refusal(() => memory.admitInstead('a', 61 * MB, old))).to.match(/other models take 40 MB, and/);
    // It counts as one of the three again.
    refusalOf(() => memory.admit('d', 0), 'LOADED_MODEL_LIMIT_REACHED', []);
  });

  it('does not send away a model that was let in, for the memory of others that go', () => {
    const old = memory.admit('a', 40 * MB);
    const loading = memory.admit('b', 50 * MB);
    memory.admitInstead('a', 45 * MB, old);
    loading.resize(51 * MB);
    expect(memory.bytes).to.equal(136 * MB);
  });
});
