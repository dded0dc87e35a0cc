import { expect } from 'chai';
import fc from 'fast-check';

import { Workspace } from '../../src/kernels/workspace.js';

/** floor(15 (rows + prior) / (n + 1)), in whole numbers. */
function binOf(rows: number, prior: number, n: number): number {
  return Math.floor((15 * (2 * rows + 2 * prior)) / (2 * (n + 1)));
}

/** The bins of a row, by how many rows with its key are of each class: border by border, lane by lane. */
function binsOf(ofClasses: readonly number[], counter: number): number[] {
  const n = ofClasses.reduce((sum, count) => sum + count, 0);
  return ofClasses.slice(1).flatMap((_, border) => {
    const above = ofClasses.slice(border + 1).reduce((sum, count) => sum + count, 0);
    return [0, 0.5, 1].map((prior) => binOf(above, prior, n)).concat(border === 0 ? counter : 0);
  });
}

/** The bins of keys, by how many rows of each class they have. */
function binsOfKeys(keys: readonly (readonly number[])[], counter: number): number[][] {
  const nKeys = keys.length;
  const nClasses = keys[0].length;
  const workspace = new Workspace(100 + nKeys * nClasses * 10);
  const [counters, words] = [workspace.u8(nKeys), workspace.u32((nKeys + 1) * nClasses)];
  const bins = workspace.u8((nClasses - 1) * nKeys * 4);
  counters.fill(counter);
  const { kernels } = workspace;
  kernels.startCounts(counters.address, nKeys, nClasses, words.address);
  keys.forEach((ofClasses, key) => {
    words.set(ofClasses, key * nClasses);
    words[key * nClasses] = ofClasses.reduce((sum, count) => sum + count, counter * 2 ** 28);
  });
  kernels.countedStatistics(0, nKeys, nClasses, words.address, bins.address);
  return keys.map((_, key) =>
    Array.from({ length: 4 * (nClasses - 1) }, (__, i) => bins[(i - (i % 4)) * nKeys + key * 4 + (i % 4)]),
  );
}

describe('Target statistics in kernels', () => {
  it('are cut into 15 bins as whole numbers are', () => {
    const pairs = Array.from({ length: 240 }, (_, n) => Array.from({ length: n + 1 }, (__, rows) => [n - rows, rows]));
    for (const keys of [pairs.flat(), pairs.flat().map(([rest, rows]) => [rest, 0, rows])]) {
      expect(binsOfKeys(keys, 9)).to.deep.equal(keys.map((ofClasses) => binsOf(ofClasses, 9)));
    }
    // Shares next to a bin's end: the largest one below it, and the first that is not.
    const near = [101, 4_999, 30_000, 65_537].flatMap((n) =>
      Array.from({ length: 14 }, (_, bin) => Math.ceil(((bin + 1) * (n + 1)) / 15)).flatMap((rows) =>
        [rows - 2, rows - 1, rows].map((of) => [n - of, of]),
      ),
    );
    expect(binsOfKeys(near, 9)).to.deep.equal(near.map((ofClasses) => binsOf(ofClasses, 9)));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 80_000 }), fc.nat()), { minLength: 1 }),
        fc.integer({ min: 0, max: 14 }),
        (draws, counter) => {
          const keys = draws.map(([n, draw]) => [n - (draw % (n + 1)), draw % (n + 1)]);
          expect(binsOfKeys(keys, counter)).to.deep.equal(keys.map((ofClasses) => binsOf(ofClasses, counter)));
        },
      ),
    );
  });

  it('stay in their bins where there are millions of rows', () => {
    for (const n of [2 ** 24, 2 ** 26, 2 ** 28 - 1]) {
      // The shares are too close to 1 for single precision.
      expect(binsOfKeys([[0, n]], 14)).to.deep.equal([[15, 15, 15, 14]]);
      expect(binsOfKeys([[n, 0]], 0)).to.deep.equal([[0, 0, 0, 0]]);
      expect(binsOfKeys([[n / 2, 0, n / 4]], 3)[0].slice(0, 3)).to.deep.equal([5, 5, 5]);
    }
  });

  for (const nClasses of [2, 3, 5]) {
    it(`see the rows that come before in runs, and only those, with ${nClasses} classes`, () => {
      const label = fc.integer({ min: 0, max: nClasses - 1 });
      const row = fc.tuple(fc.integer({ min: 0, max: 6 }), label);
      fc.assert(
        fc.property(
          fc.array(row, { minLength: 1, maxLength: 700 }),
          fc.integer({ min: 1, max: 256 }),
          fc.boolean(),
          (rows, runRows, isOneRun) => {
            const n = rows.length;
            const workspace = new Workspace(65_536);
            const [keys, labels] = [workspace.u32(n), workspace.u16(n)];
            keys.set(rows.map(([key]) => key));
            labels.set(rows.map(([, of]) => of));
            const starts = Array.from({ length: Math.ceil(n / runRows) }, (_, run) => run * runRows).toReversed();
            const runs = workspace.u32(starts.length);
            runs.set(starts);
            const counters = workspace.u8(7);
            counters.set([0, 1, 2, 3, 5, 8, 13]);
            const words = workspace.u32(8 * nClasses);
            const bins = workspace.u8((nClasses - 1) * n * 4);
            const { kernels } = workspace;
            kernels.startCounts(counters.address, 7, nClasses, words.address);
            kernels.orderedStatistics(
              keys.address,
              labels.address,
              n,
              nClasses,
              isOneRun ? 0 : runs.address,
              isOneRun ? 1 : runs.length,
              isOneRun ? n : runRows,
              words.address,
              bins.address,
            );

            const ofKeys = Array.from({ length: 7 }, () => Array.from({ length: nClasses }, () => 0));
            const inRuns = starts.flatMap((start) => [...rows.keys()].slice(start, start + runRows));
            const expected: number[] = [];
            for (const at of isOneRun ? rows.keys() : inRuns) {
              const [key, of] = rows[at];
              binsOf(ofKeys[key], counters[key]).forEach((bin, i) => {
                expected[Math.floor(i / 4) * n * 4 + at * 4 + (i % 4)] = bin;
              });
              ofKeys[key][of]++;
            }
            expect([...bins]).to.deep.equal(expected);

            // What was counted is what a count of all rows gives, and unknown keys have no rows.
            const counted = workspace.u32(8 * nClasses);
            kernels.startCounts(counters.address, 7, nClasses, counted.address);
            kernels.addCounts(keys.address, labels.address, n, nClasses, counted.address);
            expect([...counted]).to.deep.equal([...words]);
            const ofAll = workspace.u8((nClasses - 1) * 8 * 4);
            kernels.countedStatistics(0, 8, nClasses, counted.address, ofAll.address);
            const unknown = ofKeys[0].map(() => 0);
            [...ofKeys, unknown].forEach((ofKey, key) => {
              binsOf(ofKey, counters[key] ?? 0).forEach((bin, i) => {
                expect(ofAll[Math.floor(i / 4) * 32 + key * 4 + (i % 4)]).to.equal(bin);
              });
            });
          },
        ),
      );
    });
  }

  it('count how frequent a key is next to the most frequent one', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 90_000 }), { minLength: 1, maxLength: 30 }), (totals) => {
        const workspace = new Workspace(1_024);
        const placed = workspace.u32(totals.length);
        placed.set(totals);
        const counters = workspace.u8(totals.length);
        workspace.kernels.countersOf(placed.address, totals.length, counters.address);
        const most = Math.max(...totals);
        expect([...counters]).to.deep.equal(totals.map((total) => Math.floor((15 * total) / (most + 1))));
      }),
    );
  });
});
