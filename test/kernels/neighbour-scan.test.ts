import { expect } from 'chai';
import fc from 'fast-check';
import { type Placed, Workspace } from '../../src/kernels/workspace.js';
import { byDistance, nearestOf, type Neighbour } from '../support/naive-neighbours.js';

interface Problem {
  readonly rows: number[][];
  readonly points: number[][];
  readonly k: number;
}

/** Lays a search out as the kernels want it, with the rows themselves for rounded ones. */
class Scan {
  readonly kernels;
  readonly record: Placed<Uint32Array>;
  readonly #distances: Placed<Float64Array>;
  readonly #neighbours: Placed<Uint32Array>;
  readonly #outside: Placed<Float64Array>;
  readonly #workspace = new Workspace(2 ** 18);
  readonly #k: number;

  constructor({ rows, points, k }: Problem) {
    const workspace = this.#workspace;
    const d = rows[0].length;
    this.#k = k;
    this.kernels = workspace.kernels;
    const x = workspace.f64(rows.length * d);
    x.set(rows.flat());
    const q = workspace.f64(points.length * d);
    q.set(points.flat());
    this.#distances = workspace.f64(points.length * k);
    this.#distances.fill(Infinity);
    this.#neighbours = workspace.u32(points.length * k);
    this.#neighbours.fill(0xffffffff);
    const bounds = workspace.f64(points.length * 4);
    points.forEach((point, i) => bounds.set([point.reduce((sum, v) => sum + v * v, 0), 1e-6, 1, 1 + 1e-12], 4 * i));
    const thresholds = workspace.i32(points.length);
    thresholds.fill(-(2 ** 31));
    const order = workspace.u32(Math.ceil(rows.length / 8) * 8);
    rows.forEach((_, row) => (order[row] = row));
    this.#outside = workspace.f64(points.length);
    this.#outside.fill(Infinity);
    this.record = workspace.u32(10);
    const arrays = [x, q, this.#distances, this.#neighbours, bounds, this.#outside, thresholds, order];
    this.record.set([...arrays.map(({ address }) => address), d, k]);
  }

  pair(first: number[], second: number[]): number {
    const pair = this.#workspace.f64(2 * first.length);
    first.forEach((value, j) => pair.set([value, second[j]], 2 * j));
    return pair.address;
  }

  blocks(rows: number[][], pairs: number): number {
    const nBlocks = Math.ceil(rows.length / 8);
    const blocks = this.#workspace.i16(nBlocks * 16 * (pairs + 1));
    const biases = new Int32Array(blocks.buffer, blocks.byteOffset, blocks.length / 2);
    for (let place = 0; place < nBlocks * 8; place++) {
      const block = (place >> 3) * 16 * (pairs + 1);
      const norm = rows[place]?.reduce((sum, value) => sum + value * value, 0) ?? 0;
      biases[block / 2 + (place & 7)] = place < rows.length ? -Math.floor(norm / 2) : -(2 ** 31);
      rows[place]?.forEach((value, j) => (blocks[block + 16 + 16 * (j >> 1) + 2 * (place & 7) + (j & 1)] = value));
    }
    return blocks.address;
  }

  grid(points: number[][], pairs: number): number {
    const grid = this.#workspace.i16(points.length * 2 * pairs);
    points.forEach((point, i) => grid.set(point, i * 2 * pairs));
    return grid.address;
  }

  found(query: number): Neighbour[] {
    const [k, at] = [this.#k, query * this.#k];
    const heap = Array.from({ length: k }, (_, i) => at + i);
    return heap.map((i) => ({ row: this.#neighbours[i], distance: this.#distances[i] })).toSorted(byDistance);
  }

  /** The distance of the nearest row that the filter knows to be outside the heap. */
  outside(query: number): number {
    return this.#outside[query];
  }
}

/** What was found must be the nearest; where a row outside is as far as the last, that must be known. */
function expectFiltered(scan: Scan, query: number, { rows, points, k }: Problem): void {
  const found = scan.found(query);
  const expected = nearestOf(rows, points[query], k + 1 > rows.length ? k : k + 1, 2);
  const isTied = expected.length > k && expected[k].distance === expected[k - 1].distance;
  expect(scan.outside(query) === found[k - 1].distance).to.equal(isTied);
  if (isTied)
    expect(found.map(({ distance }) => distance)).to.deep.equal(expected.slice(0, k).map(({ distance }) => distance));
  else expect(found).to.deep.equal(expected.slice(0, k));
}

/** Rows and four queries; k up to all the rows. */
function problems(value: fc.Arbitrary<number>): fc.Arbitrary<Problem> {
  return fc.integer({ min: 1, max: 9 }).chain((d) => {
    const row = fc.array(value, { minLength: d, maxLength: d });
    return fc.array(row, { minLength: 1, maxLength: 50 }).chain((rows) =>
      fc.record({
        rows: fc.constant(rows),
        points: fc.array(row, { minLength: 4, maxLength: 4 }),
        k: fc.integer({ min: 1, max: rows.length }),
      }),
    );
  });
}

const few = fc.integer({ min: -2, max: 2 });
const doubles = fc.oneof(few, fc.double({ noNaN: true, noDefaultInfinity: true }));
// Nine features of this size reach the greatest norms: rows of 32,000 and queries of 48,000.
const large = fc.oneof(few, fc.integer({ min: -10_666, max: 10_666 }));

describe('The exact scan', () => {
  for (const p of [1, 2]) {
    it(`finds what a heap of all distances keeps, p = ${p}`, () => {
      fc.assert(
        fc.property(problems(doubles), (problem) => {
          const scan = new Scan(problem);
          const { rows, points, k } = problem;
          scan.kernels.scanExactly(scan.record.address, 0, rows.length, scan.pair(points[0], points[2]), 0, 2, p);
          scan.kernels.scanExactly(scan.record.address, 0, rows.length, scan.pair(points[3], points[3]), 3, 3, p);
          for (const query of [0, 2, 3]) expect(scan.found(query)).to.deep.equal(nearestOf(rows, points[query], k, p));
        }),
      );
    });
  }

  it('looks at the rows that it is told to', () => {
    const scan = new Scan({ rows: [[0], [1], [2], [3], [4], [5]], points: [[0]], k: 2 });
    scan.kernels.scanExactly(scan.record.address, 2, 5, scan.pair([0], [0]), 0, 0, 2);
    expect(scan.found(0).map(({ row }) => row)).to.deep.equal([2, 3]);
  });
});

describe('The scan of rounded rows', () => {
  for (const [name, value] of [
    ['few values', few],
    ['large values', large],
  ] as const) {
    it(`finds the nearest, and whether others are as far, among ${name}`, () => {
      fc.assert(
        fc.property(problems(value), (problem) => {
          const scan = new Scan(problem);
          const { rows, points, k } = problem;
          const pairs = Math.ceil(rows[0].length / 2);
          const [blocks, grid] = [scan.blocks(rows, pairs), scan.grid(points, pairs)];
          const nBlocks = Math.ceil(rows.length / 8);
          const split = nBlocks >> 1;
          const record = scan.record.address;
          const taken =
            scan.kernels.scanQuad(record, blocks, 0, split, pairs, grid, 0) +
            scan.kernels.scanQuad(record, blocks, split, nBlocks, pairs, grid, 0);
          expect(taken).to.be.within(4 * k, 4 * rows.length);
          points.forEach((_, query) => expectFiltered(scan, query, problem));
        }),
      );
    });

    it(`finds the same for one query, among ${name}`, () => {
      fc.assert(
        fc.property(problems(value), (problem) => {
          const scan = new Scan(problem);
          const { rows, points } = problem;
          const pairs = Math.ceil(rows[0].length / 2);
          const grid = scan.grid(points, pairs) + 3 * 4 * pairs;
          const blocks = scan.blocks(rows, pairs);
          scan.kernels.scanOne(scan.record.address, blocks, 0, Math.ceil(rows.length / 8), pairs, grid, 3);
          expectFiltered(scan, 3, problem);
        }),
      );
    });
  }

  it('passes over rows that have no chance', () => {
    const rows = Array.from({ length: 80 }, (_, i) => [i]);
    const scan = new Scan({ rows, points: [[0]], k: 1 });
    expect(scan.kernels.scanOne(scan.record.address, scan.blocks(rows, 1), 0, 10, 1, scan.grid([[0]], 1), 0)).to.equal(
      8,
    );
  });
});
