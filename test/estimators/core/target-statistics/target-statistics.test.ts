import { expect } from 'chai';
import fc from 'fast-check';

import { type Projection, projectionOf } from '../../../../src/estimators/core/target-statistics/projection.js';
import { countedBins, orderedBins, tupleOf } from './naive-statistics.js';
import {
  allStatistics,
  foldOrders,
  someProjections,
  statisticsOf,
  type StatisticsProblem,
  statisticsProblem,
} from './statistics-problem.js';

/** One lane of a tile of n rows. */
function laneOf(memory: ArrayBuffer, tiles: number, n: number, tile: number, lane: number): number[] {
  const bytes = new Uint8Array(memory, tiles + tile * n * 4, n * 4);
  return Array.from({ length: n }, (_, row) => bytes[row * 4 + lane]);
}

/** Compares all statistics of all folds, and those of rows that are held out, with naive ones. */
function compare(problem: StatisticsProblem, projections: readonly Projection[]): void {
  const { nCategories, held, y } = problem;
  const { statistics, order, placed, memory } = statisticsOf(problem);
  const { folds, order: expectedOrder } = foldOrders(problem);
  expect(order).to.deep.equal(expectedOrder);
  const labelled = { rows: placed, y: order.map((row) => y[row]) };
  for (const projection of projections) {
    const tuples = new Set(placed.map((row) => tupleOf(projection, row, nCategories)));
    expect(statistics.distinct(projection), projection.key).to.equal(tuples.size);
    folds.forEach((fold, number) => {
      for (const { statistic, tile, lane } of allStatistics(statistics, projection)) {
        const bins = laneOf(memory, statistics.tiles(projection, number), placed.length, tile, lane);
        const expected = orderedBins(statistic, labelled, nCategories, fold);
        expect(bins, `${statistic.key} of fold ${number}`).to.deep.equal(expected);
      }
    });
    for (const { statistic, tile, lane } of allStatistics(statistics, projection)) {
      const bins = laneOf(memory, statistics.heldTiles(projection), held.length, tile, lane);
      const expected = countedBins(statistic, labelled, nCategories, held);
      expect(bins, `${statistic.key} of rows held out`).to.deep.equal(expected);
    }
  }
}

describe('Target statistics', () => {
  it('are those of the rows before, in every fold, under single and combined projections', () => {
    fc.assert(
      fc.property(statisticsProblem, (problem) => compare(problem, someProjections(problem))),
      { numRuns: 60 },
    );
  });

  it('are right over more rows than one run has, and with more tuples than slots for all that could be', () => {
    const n = 2_600;
    const hash = (i: number, salt: number) => Math.imul(i * 16 + salt + 1, 0x9e3779b1) >>> 8;
    const sizes = [300, 700, 7, n];
    const problem: StatisticsProblem = {
      rows: Array.from({ length: n }, (_, i) => [
        (hash(i, 9) % 100) - 50,
        hash(i, 8) % 3,
        ...sizes.map((size, column) => (size === n ? i : hash(i, column) % size)),
      ]),
      y: Array.from({ length: n }, (_, i) => hash(i, 10) % 2),
      held: Array.from({ length: 70 }, (_, i) => [i, i, hash(i, 0) % 310, hash(i, 1) % 700, i % 9, i]),
      nClasses: 2,
      nCategories: Uint32Array.of(0, 0, ...sizes),
      seed: 5,
    };
    compare(problem, someProjections(problem).slice(2, 7));
  });

  it('are the same whatever else was asked for before', () => {
    fc.assert(
      fc.property(statisticsProblem, fc.infiniteStream(fc.nat()), (problem, draws) => {
        const projections = someProjections(problem);
        const [one, other] = [statisticsOf(problem), statisticsOf(problem)];
        const bytes = ({ memory, statistics }: typeof one, projection: Projection, fold: number) => [
          ...new Uint8Array(memory, statistics.tiles(projection, fold), statistics.nTiles * problem.rows.length * 4),
        ];
        // More than the caches hold.
        for (let i = 0; i < 60; i++) {
          const projection = projections[draws.next().value % projections.length];
          bytes(one, projection, draws.next().value % 4);
        }
        for (const projection of projections) {
          for (const fold of [0, 1, 2, 3]) {
            expect(bytes(one, projection, fold)).to.deep.equal(bytes(other, projection, fold));
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  it('take as much memory as they say, and no more', () => {
    const n = 60_000;
    const [many, few] = [70_000, 90];
    for (const [nClasses, complexity] of [
      [2, 1],
      [2, 4],
      [5, 2],
    ]) {
      const problem: StatisticsProblem = {
        rows: Array.from({ length: n }, (_, i) => [i, i, i % many, i % few]),
        y: Array.from({ length: n }, (_, i) => i % nClasses),
        held: Array.from({ length: 20_000 }, (_, i) => [i, i, i, i]),
        nClasses,
        nCategories: Uint32Array.of(0, 0, many, few),
        seed: 0,
      };
      const { statistics, rest } = statisticsOf(problem, complexity);
      // What is over is what all workspaces have over.
      expect(rest()).to.be.within(0, 2 * 65_536);
      const [all] = allStatistics(statistics, projectionOf(complexity > 1 ? [2, 3] : [2], []));
      expect(statistics.tensors([all.statistic], () => undefined)).to.include.keys('tuple_bins');
    }
  });

  it('let no row see its own label', () => {
    fc.assert(
      fc.property(statisticsProblem, fc.nat(), (problem, draw) => {
        const row = draw % problem.rows.length;
        const changed = { ...problem, y: problem.y.with(row, (problem.y[row] + 1) % problem.nClasses) };
        const place = foldOrders(problem).order.indexOf(row);
        for (const projection of someProjections(problem)) {
          for (const fold of [0, 3]) {
            const [before, after] = [problem, changed].map((each) => {
              const { statistics, memory } = statisticsOf(each);
              const tiles = statistics.tiles(projection, fold);
              return Array.from({ length: statistics.nTiles }, (_, tile) => [
                ...new Uint8Array(memory, tiles + (tile * each.rows.length + place) * 4, 4),
              ]);
            });
            expect(after).to.deep.equal(before);
          }
        }
      }),
      { numRuns: 20 },
    );
  });
});
