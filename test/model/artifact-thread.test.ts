import { expect } from 'chai';
import { tensor, type Tensors } from '../../src/estimators/tensor.js';
import { decodeArtifact, encodeArtifact } from '../../src/model/artifact.js';
import type { NewModel } from '../../src/model/artifact-metadata.js';
import { ArtifactThread } from '../../src/model/artifact-thread.js';
import { EXIT_REQUEST } from '../fixtures/artifact-faults.js';
import { rejectionOf } from '../support/refusal.js';

const model: NewModel = {
  generation: 1,
  estimator: { kind: 'k_neighbors_classifier', engine: 'mljs', hyperparameters: { n_neighbors: 5 } },
  classes: { kind: 'integer', values: BigInt64Array.of(-1n, 2n ** 60n) },
  features: [{ name: 'width', kind: 'numeric', importance: 0.5 }],
  nSamples: 3,
  metrics: { accuracy: 0.5 },
  createdAt: new Date('2026-01-02T03:04:05.678Z'),
  fitDurationMs: 12,
  requestId: '',
};
const ROWS = 100_000;
/** About a megabyte, which is not small. */
const largeTensors = (): Tensors => ({
  x: tensor(
    'F64',
    [ROWS, 1],
    Float64Array.from({ length: ROWS }, (_, i) => i / 3),
  ),
  y: tensor(
    'I32',
    [ROWS],
    Int32Array.from({ length: ROWS }, (_, i) => i % 2),
  ),
});
const smallTensors = (): Tensors => ({ x: tensor('F64', [1, 1], Float64Array.of(1)) });

describe('the thread of artifacts', () => {
  const entry = new URL('../fixtures/faulty-artifact-worker.js', import.meta.url);
  let thread: ArtifactThread;
  beforeEach(() => {
    thread = new ArtifactThread({ entry });
  });
  afterEach(() => thread.close());

  it('encodes a large model to the same bytes as this thread does, and takes its tensors away', async () => {
    const tensors = largeTensors();
    const encoded = await thread.encode(model, tensors);
    const expected = encodeArtifact(model, largeTensors());
    expect(encoded.card).to.deep.equal(expected.card);
    expect(Buffer.compare(encoded.bytes, expected.bytes)).to.equal(0);
    expect(tensors['x'].data).to.have.length(0);
  });

  it('decodes a large artifact to the same model and tensors, all in one piece of memory', async () => {
    const { bytes } = encodeArtifact(model, largeTensors());
    const expected = decodeArtifact(bytes.slice());
    const { card, tensors } = await thread.decode(bytes);
    expect(card).to.deep.equal(expected.card);
    expect(tensors).to.deep.equal(expected.tensors);
    expect(tensors['x'].data.buffer).to.equal(tensors['y'].data.buffer);
    expect(bytes).to.have.length(0);
  });

  it('leaves small artifacts where they are', async () => {
    const tensors = smallTensors();
    const { bytes } = await thread.encode(model, tensors);
    expect(tensors['x'].data).to.deep.equal(Float64Array.of(1));
    expect((await thread.decode(bytes)).tensors).to.deep.equal(smallTensors());
    expect(bytes.byteLength).to.be.above(0);
  });

  it('refuses a damaged artifact as MODEL_CORRUPT, whatever its size, and goes on', async () => {
    for (const tensors of [smallTensors(), largeTensors()]) {
      const { bytes } = encodeArtifact(model, tensors);
      const damaged = bytes.slice();
      damaged[damaged.length - 1] ^= 1;
      const error = await rejectionOf(thread.decode(damaged));
      expect(error).to.have.property('name', 'DomainError');
      expect(error).to.have.property('reason', 'MODEL_CORRUPT');
      expect(error).to.have.property('message').that.includes('checksum does not match');
      expect(await thread.decode(bytes)).to.have.property('card');
    }
  });

  it('answers what it was asked at once, each with its own', async () => {
    const models = Array.from({ length: 5 }, (_, i) => ({ ...model, nSamples: i + 1 }));
    const encoded = await Promise.all(models.map((each) => thread.encode(each, largeTensors())));
    expect(encoded.map(({ card }) => card.nSamples)).to.deep.equal([1, 2, 3, 4, 5]);
    const decoded = await Promise.all(encoded.map(({ bytes }) => thread.decode(bytes)));
    expect(decoded.map(({ card }) => card.nSamples)).to.deep.equal([1, 2, 3, 4, 5]);
  });

  it('rejects all of its jobs when it dies, and is there again for the next one', async () => {
    const { bytes } = encodeArtifact(model, largeTensors());
    const jobs = [thread.encode({ ...model, requestId: EXIT_REQUEST }, largeTensors()), thread.decode(bytes.slice())];
    for (const job of jobs.map(rejectionOf)) {
      const error = await job;
      expect(error).to.have.property('reason', 'INTERNAL');
      expect(error).to.have.property('message').that.includes('exited with code 3');
    }
    expect(await thread.decode(bytes)).to.have.nested.property('card.nSamples', 3);
  });

  it('gives back memory that is not needed any more, whoever has views of it', async () => {
    const { tensors } = await thread.decode(encodeArtifact(model, largeTensors()).bytes);
    thread.release(tensors['x'].data.buffer);
    expect(tensors['x'].data).to.have.length(0);
    expect(tensors['y'].data).to.have.length(0);
    // It still answers.
    expect(await thread.encode(model, largeTensors())).to.have.property('card');
  });

  it('refuses its jobs once it is closed, and those that it had', async () => {
    const job = rejectionOf(thread.encode(model, largeTensors()));
    await thread.close();
    expect(await job).to.have.property('reason', 'SERVER_SHUTTING_DOWN');
    const late = rejectionOf(thread.encode(model, largeTensors()));
    expect(await late).to.have.property('reason', 'SERVER_SHUTTING_DOWN');
  });
});
