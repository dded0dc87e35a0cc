import { expect } from 'chai';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { tensor, type Tensors } from '../../src/estimators/tensor.js';
import { decodeArtifact, encodeArtifact } from '../../src/model/artifact.js';
import { decodeHeader, headerLength } from '../../src/model/artifact-header.js';
import type { NewModel } from '../../src/model/artifact-metadata.js';
import type { Feature } from '../../src/model/model.js';

const model: NewModel = {
  generation: 1,
  estimator: {
    kind: 'k_neighbors_classifier',
    engine: 'mljs',
    hyperparameters: { n_neighbors: 5, weights: 'uniform' },
  },
  classes: { kind: 'integer', values: BigInt64Array.of(-1n, 2n ** 60n) },
  features: [
    { name: 'width', kind: 'numeric' },
    { name: 'Größe "x"', kind: 'numeric' },
  ],
  nSamples: 3,
  metrics: {},
  createdAt: new Date('2026-01-02T03:04:05.678Z'),
  fitDurationMs: 12,
  requestId: 'r-1',
};

const tensors: Tensors = {
  bytes: tensor('U8', [3], Uint8Array.of(1, 2, 3)),
  shorts: tensor('U16', [1], Uint16Array.of(65_535)),
  y: tensor('I32', [3], Int32Array.of(0, 1, 0)),
  empty: tensor('F32', [0], new Float32Array()),
  x: tensor('F64', [3, 2], Float64Array.of(1.5, -2.5, 3.5, Number.MAX_VALUE, 5, 6)),
};

describe('an artifact', () => {
  it('gives back the model and the tensors that went in', () => {
    const { bytes, card } = encodeArtifact(model, tensors);
    const decoded = decodeArtifact(copyOf(bytes));
    expect(decoded.card).to.deep.equal(card);
    expect(decoded.card).to.deep.include({ ...model });
    for (const [name, { dtype, shape, data }] of Object.entries(tensors)) {
      expect(decoded.tensors[name]).to.deep.equal({ dtype, shape, data });
    }
  });

  it('keeps what is shown of categories out of its sha256, and has a format of its own for them', () => {
    const colour: Feature = {
      name: 'colour',
      kind: 'categorical',
      categoryKind: 'string',
      nCategories: 2,
      shownCategories: ['red', ''],
    };
    const categorical = { ...model, features: [model.features[0], colour] };
    const { bytes, card } = encodeArtifact(categorical, tensors);
    expect(decodeArtifact(copyOf(bytes)).card).to.deep.equal(card);
    expect(card.features).to.deep.equal(categorical.features);
    const fewer = { ...categorical, features: [model.features[0], { ...colour, shownCategories: ['red'] }] };
    expect(encodeArtifact(fewer, tensors).card.sha256).to.equal(card.sha256);
    const more = { ...categorical, features: [model.features[0], { ...colour, nCategories: 3 }] };
    expect(encodeArtifact(more, tensors).card.sha256).not.to.equal(card.sha256);
    expect(metadataOf(bytes)).to.include({ format_version: '2', shown_categories: '[["red",""]]' });
    // What older servers have to do with stays as it was.
    const numeric = metadataOf(encodeArtifact(model, tensors).bytes);
    expect(numeric).to.include({ format_version: '1' }).and.not.have.property('shown_categories');
    expect(numeric).to.have.property('features', JSON.stringify(model.features));
  });

  it('is refused where it shows categories of other features than it has', () => {
    const { bytes } = encodeArtifact(model, tensors);
    const text = Buffer.from(bytes).toString('latin1');
    const start = headerLength(bytes, bytes.byteLength);
    const header = text.slice(8, start).replace('"request_id":', '"shown_categories":"[[]]","request_id":').trimEnd();
    const padded = header.padEnd(Math.ceil(header.length / 8) * 8);
    const other = Buffer.alloc(8 + padded.length + text.length - start);
    other.writeBigUInt64LE(BigInt(padded.length));
    other.write(padded + text.slice(start), 8, 'latin1');
    const error = refusalOf(Uint8Array.from(other));
    expect(error).to.have.property('reason', 'MODEL_CORRUPT');
    expect(error).to.have.property('message').that.includes('shows categories of 1 features, and has 0');
  });

  it('is laid out as safetensors: aligned, without gaps, with strings only in its metadata', () => {
    const { bytes } = encodeArtifact(model, tensors);
    const dataStart = headerLength(bytes, bytes.byteLength);
    expect(dataStart % 8).to.equal(0);
    const header = headerOf(bytes) as Record<string, { dtype: string; data_offsets: [number, number] }>;
    const { __metadata__: metadata, ...entries } = header;
    expect(Object.values(metadata).every((value) => typeof value === 'string')).to.equal(true);
    let end = 0;
    for (const { dtype, data_offsets: offsets } of Object.values(entries)) {
      expect(offsets[0]).to.equal(end);
      expect((dataStart + offsets[0]) % (Number(dtype.slice(1)) / 8)).to.equal(0);
      end = offsets[1];
    }
    expect(dataStart + end).to.equal(bytes.byteLength);
  });

  it('has a sha256 that depends on what was learned, and not on when', () => {
    const { card } = encodeArtifact(model, tensors);
    const later = encodeArtifact({ ...model, createdAt: new Date(), fitDurationMs: 99, requestId: '' }, tensors);
    expect(later.card.sha256).to.equal(card.sha256);
    const other = { ...tensors, y: tensor('I32', [3], Int32Array.of(0, 1, 1)) };
    expect(encodeArtifact(model, other).card.sha256).not.to.equal(card.sha256);
  });

  it('is refused whichever of its bits is wrong', () => {
    const { bytes } = encodeArtifact(model, tensors);
    fc.assert(
      fc.property(fc.nat(bytes.byteLength - 1), fc.nat(7), (at, bit) => {
        const damaged = copyOf(bytes);
        damaged[at] ^= 1 << bit;
        expectRefusal(damaged);
      }),
      { numRuns: 300 },
    );
  });

  it('is refused wherever it is cut off, and with anything behind it', () => {
    const { bytes } = encodeArtifact(model, tensors);
    for (let length = 0; length < bytes.byteLength; length += 7) expectRefusal(copyOf(bytes.subarray(0, length)));
    expectRefusal(Uint8Array.of(...bytes, 0));
  });

  it('is refused by its sizes alone, before its data is read', () => {
    const { bytes, card } = encodeArtifact(model, tensors);
    const header = bytes.subarray(0, headerLength(bytes, bytes.byteLength));
    expect(decodeHeader(header, bytes.byteLength).card).to.deep.equal(card);
    expect(() => decodeHeader(header, bytes.byteLength - 1))
      .to.throw()
      .with.property('reason', 'MODEL_CORRUPT');
  });

  it('of a newer format is refused by its version, not as damaged', () => {
    const { bytes } = encodeArtifact(model, tensors);
    const newer = Buffer.from(bytes).toString('latin1').replace('"format_version":"1"', '"format_version":"7"');
    const error = refusalOf(Uint8Array.from(Buffer.from(newer, 'latin1')));
    expect(error).to.have.property('reason', 'MODEL_FORMAT_UNSUPPORTED');
    expect(error)
      .to.have.property('message')
      .that.matches(/version 7.*up to 2/);
  });

  it('is read also where its data is not aligned, as other writers of the layout leave it', () => {
    const { bytes, card } = encodeArtifact(model, tensors);
    const start = headerLength(bytes, bytes.byteLength);
    const json = Buffer.from(bytes.subarray(8, start)).toString('latin1').trimEnd();
    // One byte more of padding, the checksum computed anew; a Buffer, as the disk gives it.
    const unaligned = Buffer.concat([
      Buffer.alloc(8),
      Buffer.from(`${json}         `.slice(0, start - 7), 'latin1'),
      bytes.subarray(start),
    ]);
    unaligned.writeBigUInt64LE(BigInt(start - 7));
    const { checksum } = JSON.parse(json)['__metadata__'] as { checksum: string };
    const at = unaligned.indexOf(checksum);
    unaligned.write('0'.repeat(64), at);
    unaligned.write(createHash('sha256').update(unaligned).digest('hex'), at);
    const decoded = decodeArtifact(unaligned);
    expect(decoded.card.sha256).to.equal(card.sha256);
    expect(decoded.tensors.x.data).to.deep.equal(tensors.x.data);
  });

  it('that is another writer’s safetensors file is refused', () => {
    const header = Buffer.from('{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}  ');
    const bytes = new Uint8Array(8 + header.length + 4);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
    bytes.set(header, 8);
    expectRefusal(bytes);
  });
});

function copyOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(bytes);
}

function metadataOf(bytes: Uint8Array): Record<string, string> {
  return (headerOf(bytes) as Record<string, Record<string, string>>)['__metadata__'];
}

function headerOf(bytes: Uint8Array): object {
  return JSON.parse(Buffer.from(bytes.subarray(8, headerLength(bytes, bytes.byteLength))).toString());
}

function refusalOf(bytes: Uint8Array<ArrayBuffer>): unknown {
  try {
    decodeArtifact(bytes);
  } catch (error) {
    return error;
  }
  throw new Error('the artifact was accepted');
}

function expectRefusal(bytes: Uint8Array<ArrayBuffer>): void {
  const error = refusalOf(bytes);
  // A flipped bit in the version may make it a newer one.
  expect(error).to.have.property('reason').that.is.oneOf(['MODEL_CORRUPT', 'MODEL_FORMAT_UNSUPPORTED']);
}
