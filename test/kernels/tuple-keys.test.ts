import { expect } from 'chai';
import fc from 'fast-check';

import { Workspace } from '../../src/kernels/workspace.js';

type Pair = readonly [first: number, second: number];

/** The numbers of pairs as they come, the first row of each, and how many rows have it. */
function naive(pairs: readonly Pair[]) {
  const numbers = new Map<string, number>();
  const firstRows: number[] = [];
  const totals: number[] = [];
  const keys = pairs.map((pair, row) => {
    const name = pair.join();
    if (!numbers.has(name)) {
      firstRows.push(row);
      totals.push(0);
      numbers.set(name, numbers.size);
    }
    const number = numbers.get(name) as number;
    totals[number]++;
    return number;
  });
  return { numbers, keys, firstRows, totals };
}

function compare(pairs: readonly Pair[], others: readonly Pair[], nFirst: number, nSecond: number): void {
  const [n, all] = [pairs.length, [...pairs, ...others]];
  const slotBits = 33 - Math.clz32(n);
  const sizeOf = (length: number, width: number) => Workspace.sizeOf(length, width);
  const workspace = new Workspace(
    3 * sizeOf(all.length, 4) + 2 * sizeOf(n, 4) + sizeOf(2 ** slotBits, 4) + sizeOf(n, 8),
  );
  const [first, second, keys] = [0, 1, 2].map(() => workspace.u32(all.length));
  first.set(all.map(([of]) => of));
  second.set(all.map(([, of]) => of));
  const [firstRows, totals, slots] = [workspace.u32(n), workspace.u32(n), workspace.u32(2 ** slotBits)];
  // Whatever was there before.
  for (const array of [keys, firstRows, totals, slots]) array.fill(77);
  const count = workspace.kernels.joinKeys(
    first.address,
    nFirst,
    second.address,
    nSecond,
    n,
    others.length,
    keys.address,
    firstRows.address,
    totals.address,
    slots.address,
    slotBits,
    workspace.f64(n).address,
  );
  const expected = naive(pairs);
  expect(count).to.equal(expected.numbers.size);
  const ofOthers = others.map((pair) => expected.numbers.get(pair.join()) ?? count);
  expect([...keys]).to.deep.equal([...expected.keys, ...ofOthers]);
  expect([...firstRows.subarray(0, count)]).to.deep.equal(expected.firstRows);
  expect([...totals.subarray(0, count)]).to.deep.equal(expected.totals);
}

describe('The keys of pairs', () => {
  for (const [what, nFirst, nSecond] of [
    ['few', 3, 4],
    ['more than there are slots', 1_000, 900],
    ['very many', 2 ** 31, 2 ** 20],
  ] as const) {
    it(`are numbers in the order of the rows, where ${what} are possible`, () => {
      const some = (n: number) => fc.oneof(fc.integer({ min: 0, max: Math.min(n, 6) }), fc.integer({ min: 0, max: n }));
      const pair = fc.tuple(some(nFirst), some(nSecond));
      fc.assert(
        fc.property(
          fc.array(pair, { minLength: 1, maxLength: 80 }),
          fc.array(pair, { maxLength: 9 }),
          (pairs, others) => compare(pairs, others, nFirst, nSecond),
        ),
      );
    });
  }

  it('are right when every slot but a few is taken, and all pairs differ', () => {
    const pairs = Array.from({ length: 2 ** 12 }, (_, i): Pair => [i * 4_096, (i * 7) % 1_024]);
    compare(
      pairs,
      pairs.map(([first, second]): Pair => [first + (second % 2), second]),
      2 ** 24,
      1_024,
    );
  });
});

describe('The keys of a column', () => {
  it('are its codes, of which those that occur are counted', () => {
    const nCodes = 9;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: nCodes - 1 }), { maxLength: 40 }), (codes) => {
        const workspace = new Workspace(1_024);
        const placed = workspace.u32(codes.length);
        placed.set(codes);
        const [firstRows, totals] = [workspace.u32(nCodes), workspace.u32(nCodes)];
        totals.fill(5);
        const { kernels } = workspace;
        const count = kernels.countKeys(placed.address, nCodes, codes.length, firstRows.address, totals.address);
        expect(count).to.equal(new Set(codes).size);
        for (let code = 0; code < nCodes; code++) {
          expect(totals[code]).to.equal(codes.filter((other) => other === code).length);
          if (totals[code] > 0) expect(firstRows[code]).to.equal(codes.indexOf(code));
        }
      }),
    );
  });
});
