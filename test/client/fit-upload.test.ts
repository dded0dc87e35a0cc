import { expect } from 'chai';
import { encodeChunkMessage } from '../../client/fit-message.js';
import { CHUNK_BYTES, FitUpload } from '../../client/fit-upload.js';
import type { FitRequest } from '../../client/index.js';
import { decodeLabels } from '../../client/labels.js';
import { decodeMatrix } from '../../client/matrix.js';
import { type FitChunk, FitStreamRequest } from '../../generated/modelserver/v1/model_server.js';

const ROWS = 50_000;
const COLUMNS = 7;
const numbers = Float64Array.from({ length: ROWS * COLUMNS }, (_, index) => index / 7);
const dense = { rows: ROWS, columns: COLUMNS, data: numbers };
const y = Int32Array.from({ length: ROWS }, (_, row) => row % 3);

function upload(more: Partial<FitRequest>): FitUpload {
  return new FitUpload({ name: 'a', estimator: { xgbClassifier: {} }, x: dense, y, ...more });
}

/** The parts as they come over the wire; with the rows of each, by its end. */
function sent(fit: FitUpload): { chunks: FitChunk[]; lengths: number[] } {
  const chunks: FitChunk[] = [];
  const lengths: number[] = [];
  let start = 0;
  for (const { chunk, end } of fit.parts()) {
    const { message } = FitStreamRequest.decode(encodeChunkMessage(chunk));
    if (message?.$case === 'chunk') chunks.push(message.value);
    lengths.push(end - start);
    start = end;
  }
  expect(start).to.equal(fit.rows);
  return { chunks, lengths };
}

function numbersOf(chunks: readonly FitChunk[]): number[] {
  return chunks.flatMap(({ x }) => (x === undefined ? [] : Array.from(decodeMatrix(x).data)));
}

describe('an upload', () => {
  it('parts packed numbers by rows, and reads them where they are', () => {
    const fit = upload({});
    expect(fit.isSmall).to.equal(false);
    const { chunks, lengths } = sent(fit);
    const perChunk = Math.floor(CHUNK_BYTES / (COLUMNS * 8 + 4));
    expect(lengths).to.deep.equal([perChunk, perChunk, ROWS - 2 * perChunk]);
    expect(chunks.map(({ x }) => x?.raw?.rows)).to.deep.equal(lengths);
    expect(numbersOf(chunks)).to.deep.equal(Array.from(numbers));
    expect(chunks.flatMap((chunk) => decodeLabels(chunk.y) as number[])).to.deep.equal(Array.from(y));
    for (const { chunk } of fit.parts()) {
      expect(chunk.x?.raw?.data.buffer).to.equal(numbers.buffer);
      expect(chunk.y?.rawInt32?.buffer).to.equal(y.buffer);
      expect(chunk.sampleWeight).to.deep.equal([]);
    }
  });

  it('has the same numbers for every form of the same rows', () => {
    const single = Float32Array.from(numbers);
    const rows = Array.from({ length: ROWS }, (_, row) => numbers.subarray(row * COLUMNS, (row + 1) * COLUMNS));
    const shifted = new Float64Array(numbers.length + 1);
    shifted.set(numbers, 1);
    expect(numbersOf(sent(upload({ x: { ...dense, data: shifted.subarray(1) } })).chunks)).to.deep.equal(
      Array.from(numbers),
    );
    expect(numbersOf(sent(upload({ x: rows })).chunks)).to.deep.equal(Array.from(numbers));
    expect(numbersOf(sent(upload({ x: rows.map((row) => Array.from(row)) })).chunks)).to.deep.equal(
      Array.from(numbers),
    );
    const { chunks, lengths } = sent(upload({ x: rows.map((row) => Float32Array.from(row)) }));
    expect(numbersOf(chunks)).to.deep.equal(Array.from(single));
    expect(lengths[0]).to.equal(Math.floor(CHUNK_BYTES / (COLUMNS * 4 + 4)));
    expect(numbersOf(sent(upload({ x: { ...dense, data: single } })).chunks)).to.deep.equal(Array.from(single));
  });

  it('parts the columns of a table, words by their length', () => {
    const age = Float64Array.from({ length: ROWS }, (_, row) => row);
    const city = Array.from({ length: ROWS }, (_, row) => 'x'.repeat(row < 1000 ? 2000 : 5));
    const year = Array.from({ length: ROWS }, (_, row) => 2000 + (row % 9));
    const { chunks, lengths } = sent(upload({ x: { columns: { age, city, year } } }));
    // Each of the first thousand rows takes 2 kB, the others some 30 bytes.
    expect(lengths[0]).to.equal(Math.floor(CHUNK_BYTES / (8 + 2002 + 8 + 4)));
    expect(lengths.length).to.be.within(4, 5);
    expect(chunks.map(({ x }) => x?.columns.map(({ name }) => name).join())).to.deep.equal(
      lengths.map(() => 'age,city,year'),
    );
    const column = (index: number) => chunks.map(({ x }) => x?.columns[index]);
    expect(column(0).flatMap((each) => each?.numbers ?? [])).to.deep.equal(Array.from(age));
    expect(column(1).flatMap((each) => each?.strings ?? [])).to.deep.equal(city);
    expect(column(2).flatMap((each) => each?.numbers ?? [])).to.deep.equal(year);
  });

  it('has one encoding for all labels, and weights for all rows', () => {
    const sampleWeight = Array.from({ length: ROWS }, (_, row) => row / 2);
    const small = Array.from(y);
    // Only the last one is too large for 32 bits.
    const large = [...small.slice(0, -1), 2 ** 40];
    const words = small.map((label) => `class ${label}`);
    const big = large.map(BigInt);
    const forms = [
      { y: small, kind: 'rawInt32' },
      { y: large, kind: 'ints' },
      { y: words, kind: 'strings' },
      { y: big, kind: 'ints', expected: large },
    ] as const;
    for (const { kind, ...form } of forms) {
      const { chunks, lengths } = sent(upload({ y: form.y, sampleWeight }));
      for (const chunk of chunks) expect(chunk.y?.[kind]?.length).to.be.above(0);
      expect(chunks.flatMap((chunk) => decodeLabels(chunk.y) as number[])).to.deep.equal(
        'expected' in form ? form.expected : form.y,
      );
      expect(chunks.map((chunk) => chunk.sampleWeight.length)).to.deep.equal(lengths);
      expect(chunks.flatMap((chunk) => chunk.sampleWeight)).to.deep.equal(sampleWeight);
    }
    const packed = sent(upload({ sampleWeight: Float32Array.from(sampleWeight) })).chunks;
    expect(packed.flatMap((chunk) => chunk.sampleWeight)).to.deep.equal(sampleWeight);
  });

  it('is small when one message holds all of it', () => {
    const rows = Math.floor(CHUNK_BYTES / 12);
    const column = (length: number) => ({
      x: { rows: length, columns: 1, data: new Float64Array(length) },
      y: new Int32Array(length),
    });
    expect(upload(column(rows)).isSmall).to.equal(true);
    expect(upload(column(rows + 1)).isSmall).to.equal(false);
    expect(upload({ x: [[1], [2]], y: ['a', 'b'.repeat(CHUNK_BYTES)] }).isSmall).to.equal(false);
  });

  it('sends a row that is larger than a part alone', () => {
    const x = [new Float64Array(CHUNK_BYTES / 4), new Float64Array(CHUNK_BYTES / 4)];
    expect(sent(upload({ x, y: [0, 1] })).lengths).to.deep.equal([1, 1]);
    const text = 'x'.repeat(2 * CHUNK_BYTES);
    expect(sent(upload({ x: { columns: { text: [text, text] } }, y: [0, 1] })).lengths).to.deep.equal([1, 1]);
  });

  it('tells of rows, labels and weights that do not belong together', () => {
    expect(() => upload({ y: [1, 2] })).to.throw(`y: has 2 labels, but x has ${ROWS} rows`);
    expect(() => upload({ sampleWeight: [1] })).to.throw(`sampleWeight: has 1 weights, but x has ${ROWS} rows`);
    expect(() => upload({ x: { ...dense, rows: 3 } })).to.throw('x.data: has 350000 numbers; 3 x 7 need 21');
  });

  it('has all but the rows in its start', () => {
    const { start } = upload({ seed: 7, replace: true, requestId: 'r1', featureNames: ['a', 'b'] });
    expect(start).to.include({ name: 'a', requestId: 'r1', nSamples: ROWS });
    expect(start.options).to.deep.include({ seed: 7, replace: true, featureNames: ['a', 'b'] });
    expect(start.estimator?.kind?.$case).to.equal('xgbClassifier');
  });
});

describe('encodeChunkMessage', () => {
  it('writes what the generated code writes', () => {
    const [{ chunk: packed }] = upload({ sampleWeight: Array.from(y, (label) => label + 1) }).parts();
    const [{ chunk: table }] = upload({ x: { columns: { a: Array.from(y), b: Array.from(y, String) } } }).parts();
    for (const chunk of [packed, table, { ...packed, y: undefined }, { x: undefined, y: packed.y, sampleWeight: [] }]) {
      const expected = FitStreamRequest.encode({ message: { $case: 'chunk', value: chunk } }).finish();
      expect(Buffer.compare(encodeChunkMessage(chunk), expected)).to.equal(0);
    }
  });
});
