import { expect } from 'chai';
import { releaseBuffer } from '../../src/estimators/release-buffer.js';
import { GrowingRows } from '../../src/model/growing-rows.js';
import { Turns } from '../../src/model/turns.js';

type Doubles = GrowingRows<Float64Array<ArrayBuffer>>;

/** Fills in the numbers from `first` on, `atMost` rows at a time, and returns how often there was room. */
function fill(rows: Doubles, first: number, count: number, width: number): number {
  let steps = 0;
  for (let left = count; left > 0; steps++) {
    const room = rows.room(left);
    expect(room.length % width).to.equal(0);
    for (let i = 0; i < room.length; i++) room[i] = (first + count - left) * width + i;
    left -= room.length / width;
    expect(left).to.be.at.least(0);
  }
  return steps;
}

describe('Growing rows', () => {
  it('are one array in the end, whatever they came in', async () => {
    const width = 7;
    for (const parts of [[1], [1, 1, 1], [3000, 1, 5000], [40_000, 40_000]]) {
      const rows: Doubles = new GrowingRows(Float64Array, width);
      for (const part of parts) fill(rows, rows.rows, part, width);
      const count = parts.reduce((sum, part) => sum + part, 0);
      expect(rows.rows).to.equal(count);
      const all = await rows.take(new Turns(), releaseBuffer);
      expect(all.buffer.byteLength).to.equal(count * width * 8);
      expect(all.every((value, i) => value === i)).to.equal(true);
    }
  });

  it('of a known count are never copied', async () => {
    const rows: Doubles = new GrowingRows(Float64Array, 3, 5000);
    const buffers = [1, 4000, 999].map((count) => {
      const { buffer } = rows.room(count);
      return buffer;
    });
    expect(rows.rows).to.equal(5000);
    const all = await rows.take(new Turns(), () => expect.fail('nothing is to be given back'));
    expect(buffers.every((buffer) => buffer === all.buffer)).to.equal(true);
  });

  it('have room for one step at a time, and for one row at least', () => {
    const narrow: Doubles = new GrowingRows(Float64Array, 2, 2 ** 20);
    expect(fill(narrow, 0, 2 ** 20, 2)).to.equal(16);
    const wide: Doubles = new GrowingRows(Float64Array, 2 ** 18);
    expect(fill(wide, 0, 3, 2 ** 18)).to.equal(3);
  });

  it('are given back while they are joined, and when they are discarded', async () => {
    const released: number[] = [];
    const release = (buffer: ArrayBuffer): void => {
      released.push(buffer.byteLength);
    };
    const rows: Doubles = new GrowingRows(Float64Array, 1);
    for (let i = 0; i < 40; i++) fill(rows, rows.rows, 1000, 1);
    const all = await rows.take(new Turns(), release);
    const sum = () => released.reduce((total, bytes) => total + bytes, 0);
    expect(sum()).to.be.at.least(all.byteLength);
    const before = sum();
    await rows.discard(new Turns(), release);
    expect(sum() - before).to.be.at.least(all.byteLength);
  });

  it('are cancelled while they are joined', async () => {
    const rows: Doubles = new GrowingRows(Float64Array, 1);
    fill(rows, 0, 2_000_000, 1);
    fill(rows, 2_000_000, 1, 1);
    const abort = new AbortController();
    const turns = new Turns(abort.signal);
    Object.defineProperty(turns, 'isOver', { get: () => true });
    abort.abort(new Error('nobody waits'));
    const error = await rows.take(turns, releaseBuffer).catch((thrown: unknown) => thrown);
    expect(error).to.have.property('message', 'nobody waits');
  });
});
