import { expect } from 'chai';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import {
  Dtype,
  FitRequest,
  FitStreamRequest,
  type Labels,
  type Matrix,
  OutputEncoding,
  PredictRequest,
  PredictStreamRequest,
} from '../../generated/modelserver/v1/model_server.js';
import { DomainError } from '../../src/errors.js';
import { runThrough } from '../../src/estimators/in-parts.js';
import { fitStreamPlan, predictPlan } from '../../src/grpc/message-plans.js';
import { messageInParts } from '../../src/grpc/message-in-parts.js';
import { readFitRequest, readPredictRequest, readPredictStreamRequest } from '../../src/grpc/read-request.js';
import { Undecoded } from '../../src/grpc/undecoded.js';

const caller = { signal: new AbortController().signal };

const double = fc.double();
const text = fc.string({ unit: 'grapheme', maxLength: 40 }).map((value) => value.toWellFormed());
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
/** Arrays that are empty, short, or too long for one step. */
const many = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.array(value, { maxLength: 5 }) },
    fc
      .tuple(fc.array(value, { minLength: 1, maxLength: 30 }), fc.integer({ min: 1000, max: 6000 }))
      .map(([values, length]) => Array.from({ length }, (_, i) => values[i % values.length])),
  );
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc
    .tuple(fc.uint8Array({ minLength: 1, maxLength: 7 }), fc.integer({ min: 4000, max: 70_000 }))
    .map(([some, length]) => Uint8Array.from({ length }, (_, i) => some[i % some.length] ^ i)),
);

// Encodings may well be mixed: it is not the decoder that refuses them.
const matrix: fc.Arbitrary<Matrix> = fc.record({
  rows: many(
    fc.record({ values: fc.oneof({ weight: 20, arbitrary: fc.array(double, { maxLength: 6 }) }, many(double)) }),
  ),
  raw: fc.option(
    fc.record({
      rows: fc.nat(),
      columns: fc.nat(),
      dtype: fc.constantFrom(Dtype.DTYPE_UNSPECIFIED, Dtype.DTYPE_FLOAT32, Dtype.DTYPE_FLOAT64),
      data: bytes.map((value) => Buffer.from(value)),
    }),
    { nil: undefined },
  ),
  columns: fc.array(fc.record({ name: text, numbers: many(double), strings: many(text) }), { maxLength: 4 }),
});
const labels: fc.Arbitrary<Labels> = fc.record({
  strings: many(text),
  ints: many(int64),
  rawInt32: fc.option(
    bytes.map((value) => Buffer.from(value)),
    { nil: undefined },
  ),
});
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const predict: fc.Arbitrary<PredictRequest> = fc.record({
  name: text,
  x: optional(matrix),
  includeProbabilities: fc.boolean(),
  outputEncoding: fc.constantFrom(OutputEncoding.OUTPUT_ENCODING_UNSPECIFIED, OutputEncoding.OUTPUT_ENCODING_RAW),
});
const fit: fc.Arbitrary<FitRequest> = fc
  .record({
    name: text,
    x: optional(matrix),
    y: optional(labels),
    sampleWeight: many(double),
    requestId: text,
    seed: fc.nat(),
  })
  .map(({ seed, ...given }) =>
    FitRequest.fromPartial({
      ...given,
      options: { seed, featureNames: ['a', 'b'] },
      estimator: { kind: { $case: 'logisticRegression', value: { c: 0.5 } } },
    }),
  );

/** Fields that the contract does not have (yet), of all wire types. */
const UNKNOWN = new BinaryWriter();
UNKNOWN.tag(900, WireType.Varint)
  .uint32(7)
  .tag(901, WireType.Bit64)
  .double(1.5)
  .tag(902, WireType.LengthDelimited)
  .string('x'.repeat(5000))
  .tag(903, WireType.Bit32)
  .float(2);
const unknown = Buffer.from(UNKNOWN.finish());

async function finish<T extends object>(message: T | Undecoded<T>): Promise<T> {
  return message instanceof Undecoded ? message.decode(caller) : message;
}

/** Copies the numbers of bytes, which may be views. */
function plain<T>(value: T): T {
  return structuredClone(value);
}

describe('Large messages', () => {
  const cases = [
    ['Predict', predict, PredictRequest, readPredictRequest],
    ['Fit', fit, FitRequest, readFitRequest],
    [
      'PredictStream',
      fc.record({ id: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), request: optional(predict) }),
      PredictStreamRequest,
      readPredictStreamRequest,
    ],
  ] as const;
  for (const [what, message, type, read] of cases) {
    it(`of ${what} are decoded as by the generated code`, async () => {
      let large = 0;
      let inTurns = 0;
      const generated = type as { encode(m: unknown): BinaryWriter; decode(b: Uint8Array): object };
      await fc.assert(
        fc.asyncProperty(message as fc.Arbitrary<object>, fc.boolean(), async (given, withUnknown) => {
          const encoded = Buffer.from(generated.encode(given).finish());
          const sent = withUnknown ? Buffer.concat([unknown, encoded, unknown]) : encoded;
          const expected = plain(generated.decode(sent));
          const decoded = (read as (b: Buffer) => object)(sent);
          large += sent.length > 32_768 ? 1 : 0;
          inTurns += decoded instanceof Undecoded ? 1 : 0;
          expect(plain(await finish(decoded))).to.deep.equal(expected);
        }),
        { numRuns: 50 },
      );
      expect(large).to.be.above(5);
      expect(inTurns).to.be.above(2);
    }).timeout(60_000);
  }

  it('of FitStream are decoded as by the generated code', () => {
    const chunk = fc
      .record({ x: optional(matrix), y: optional(labels), sampleWeight: many(double) })
      .map((value) => FitStreamRequest.fromPartial({ message: { $case: 'chunk', value } }));
    const start = text.map((name) => FitStreamRequest.fromPartial({ message: { $case: 'start', value: { name } } }));
    fc.assert(
      fc.property(fc.array(fc.oneof(chunk, start), { maxLength: 3 }), (messages) => {
        // The last one of several counts.
        const sent = Buffer.concat(messages.map((message) => FitStreamRequest.encode(message).finish()));
        const expected = plain(FitStreamRequest.decode(sent));
        expect(plain(runThrough(messageInParts(fitStreamPlan, sent)))).to.deep.equal(expected);
      }),
      { numRuns: 30 },
    );
  }).timeout(60_000);

  it('may have fields twice, and numbers that are not packed', () => {
    const rows = Buffer.concat(
      Array.from({ length: 3000 }, (_, i) =>
        PredictRequest.encode(PredictRequest.fromPartial({ name: `n${i}`, x: { rows: [{ values: [i] }] } })).finish(),
      ),
    );
    expect(runThrough(messageInParts(predictPlan, rows))).to.deep.equal(PredictRequest.decode(rows));

    const row = new BinaryWriter();
    for (let i = 0; i < 3000; i++) {
      row.tag(1, WireType.Bit64).double(i);
      row.tag(1, WireType.LengthDelimited).uint32(16).double(-i).double(0.5);
    }
    const values = row.finish();
    const x = new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(values).finish();
    const request = Buffer.from(new BinaryWriter().tag(2, WireType.LengthDelimited).bytes(x).finish());
    const decoded = runThrough(messageInParts(predictPlan, request));
    expect(decoded).to.deep.equal(PredictRequest.decode(request));
    expect(decoded.x?.rows[0].values).to.have.length(9000);
  });

  it('have packed rows that are read where they lie, if need be a little further ahead', () => {
    const numbers = Float64Array.from({ length: 100_000 }, (_, i) => i / 3);
    for (const name of ['', 'a', 'ab', 'abc', 'abcd', 'abcde', 'abcdef', 'abcdefg']) {
      const raw = { rows: 1000, columns: 100, dtype: Dtype.DTYPE_FLOAT64, data: Buffer.from(numbers.buffer) };
      const message = Buffer.from(PredictRequest.encode(PredictRequest.fromPartial({ name, x: { raw } })).finish());
      const decoded = readPredictRequest(message);
      if (decoded instanceof Undecoded) throw new Error('it needs no turns');
      const data = decoded.x?.raw?.data;
      if (data === undefined) throw new Error('there are no rows');
      expect(data.buffer).to.equal(message.buffer);
      expect(data.byteOffset % 8).to.equal(0);
      expect(new Float64Array(data.buffer as ArrayBuffer, data.byteOffset, numbers.length)).to.deep.equal(numbers);
      expect(decoded.name).to.equal(name);
    }
  });

  it('have buffers of their own for the rows and labels of a training', () => {
    const data = Buffer.alloc(400_000, 1);
    const raw = { rows: 1000, columns: 100, dtype: Dtype.DTYPE_FLOAT32, data };
    const request = FitRequest.fromPartial({ x: { raw }, y: { rawInt32: Buffer.alloc(40_000, 2) } });
    const decoded = readFitRequest(Buffer.from(FitRequest.encode(request).finish()));
    if (decoded instanceof Undecoded) throw new Error('it needs no turns');
    for (const each of [decoded.x?.raw?.data, decoded.y?.rawInt32]) {
      expect(each?.byteOffset).to.equal(0);
      expect(each?.buffer.byteLength).to.equal(each?.byteLength);
    }
    expect(decoded).to.deep.equal(request);
  });

  it('that are cut off or damaged are refused, or decoded, and nothing else', async () => {
    const rows = Array.from({ length: 3000 }, (_, i) => ({ values: [i, i / 7, -i] }));
    const strings = Array.from({ length: 9000 }, (_, i) => `category ${i}`);
    const request = PredictRequest.fromPartial({
      name: 'model',
      x: {
        rows,
        columns: [
          { name: 'a', strings },
          { name: 'b', numbers: strings.map((_, i) => i) },
        ],
      },
    });
    const sent = PredictRequest.encode(request).finish();
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ at: fc.nat(sent.length - 1), byte: fc.nat(255) }), { maxLength: 4 }),
        fc.integer({ min: 40_000, max: sent.length }),
        async (damages, length) => {
          const message = Buffer.from(sent.subarray(0, length));
          for (const { at, byte } of damages) if (at < length) message[at] = byte;
          let undecoded: unknown;
          try {
            undecoded = readPredictRequest(message);
          } catch (error) {
            // Found out so early that gRPC itself refuses it.
            expect(error).to.be.an.instanceOf(Error);
            refused++;
            return;
          }
          try {
            await finish(undecoded as PredictRequest);
          } catch (error) {
            expect(error).to.be.an.instanceOf(DomainError).and.have.property('reason', 'INVALID_REQUEST');
            expect(error).to.have.property('message').that.includes('cannot be decoded');
            refused++;
          }
        },
      ),
      { numRuns: 200 },
    );
    expect(refused).to.be.above(50);
  }).timeout(60_000);

  it('that are damaged late answer that they cannot be decoded', async () => {
    const strings = Array.from({ length: 90_000 }, (_, i) => `category ${i}`);
    const sent = Buffer.from(
      PredictRequest.encode(PredictRequest.fromPartial({ x: { columns: [{ strings }] } })).finish(),
    );
    const last = Buffer.byteLength('category 89999');
    // The last string goes beyond its column.
    sent[sent.length - last - 1] = last + 1;
    const undecoded = readPredictRequest(sent);
    if (!(undecoded instanceof Undecoded)) throw new Error('it takes turns');
    let thrown: unknown;
    await undecoded.decode(caller).catch((error: unknown) => (thrown = error));
    expect(thrown).to.be.an.instanceOf(DomainError).and.have.property('reason', 'INVALID_REQUEST');
    expect(thrown).to.have.property('message').that.includes('cannot be decoded');
  });

  it('are decoded no further for somebody who has gone', async () => {
    const strings = Array.from({ length: 90_000 }, (_, i) => `category ${i}`);
    const sent = Buffer.from(
      PredictRequest.encode(PredictRequest.fromPartial({ x: { columns: [{ strings }] } })).finish(),
    );
    const undecoded = readPredictRequest(sent);
    if (!(undecoded instanceof Undecoded)) throw new Error('it takes turns');
    const reason = new Error('gone');
    let thrown: unknown;
    await undecoded.decode({ signal: AbortSignal.abort(reason) }).catch((error: unknown) => (thrown = error));
    expect(thrown).to.equal(reason);
  });
});
