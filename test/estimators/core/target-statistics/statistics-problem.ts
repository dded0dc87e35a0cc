import fc from 'fast-check';

import {
  type Projection,
  projectionOf,
  type Statistic,
  type Test,
} from '../../../../src/estimators/core/target-statistics/projection.js';
import { shuffleRows } from '../../../../src/estimators/core/target-statistics/shuffled-rows.js';
import { TargetStatistics } from '../../../../src/estimators/core/target-statistics/target-statistics.js';
import { Workspace } from '../../../../src/kernels/workspace.js';
import { streamOf } from '../../../kernels/split-mix.js';
import { isTrue } from './naive-statistics.js';

/** Two columns of numbers, and then some of categories. */
export interface StatisticsProblem {
  readonly rows: readonly (readonly number[])[];
  readonly y: readonly number[];
  readonly held: readonly (readonly number[])[];
  readonly nClasses: number;
  /** Of each column. */
  readonly nCategories: Uint32Array;
  readonly seed: number;
}

export const NUMBERS = 2;

const number = fc.oneof(fc.integer({ min: -2, max: 2 }), fc.constantFrom(NaN, 0.1, -1e300, 1e300));

/** Rows, of which all categories of a column occur as a rule, and the classes need not. */
export const statisticsProblem: fc.Arbitrary<StatisticsProblem> = fc
  .record({
    sizes: fc.array(fc.constantFrom(1, 2, 3, 7, 40), { minLength: 1, maxLength: 4 }),
    nRows: fc.integer({ min: 1, max: 40 }),
    nHeld: fc.integer({ min: 0, max: 9 }),
    nClasses: fc.integer({ min: 2, max: 4 }),
    seed: fc.nat(),
  })
  .chain(({ sizes, nRows, nHeld, nClasses, seed }) => {
    const code = (n: number) => fc.integer({ min: 0, max: n - 1 });
    const row = fc.tuple(number, number, ...sizes.map(code));
    const unseen = (n: number) => fc.oneof(code(n), fc.constantFrom(n, n + 1, NaN, -1));
    const held = fc.tuple(number, number, ...sizes.map(unseen));
    return fc.record({
      rows: fc.array(row, { minLength: nRows, maxLength: nRows }),
      y: fc.array(fc.integer({ min: 0, max: nClasses - 1 }), { minLength: nRows, maxLength: nRows }),
      held: fc.array(held, { minLength: nHeld, maxLength: nHeld }),
      nClasses: fc.constant(nClasses),
      nCategories: fc.constant(Uint32Array.of(0, 0, ...sizes)),
      seed: fc.constant(seed),
    });
  });

/** Statistics of a problem in a workspace of just their size. */
export function statisticsOf(problem: StatisticsProblem, complexity = 4) {
  const { rows, y, held, nClasses, nCategories, seed } = problem;
  const nRows = rows.length;
  const columns = [...nCategories.keys()].filter((column) => nCategories[column] > 0);
  const size = {
    nRows,
    nHeld: held.length,
    nClasses,
    nCategories: columns.map((column) => nCategories[column]),
    complexity,
  };
  const workspace = new Workspace(TargetStatistics.bytes(size) + Workspace.sizeOf(nRows, 4) + Workspace.sizeOf(1, 8));
  const order = workspace.u32(nRows);
  const random = workspace.f64(1).address;
  workspace.kernels.seedRandom(random, seed, 0);
  shuffleRows(workspace.kernels, random, order);
  const placed = [...Array.from(order, (row) => rows[row]), ...held];
  const tests = {
    mark(test: Test, bit: number, marks: number) {
      const words = new Uint32Array(order.buffer, marks, placed.length);
      placed.forEach((row, place) => (words[place] |= Number(isTrue(test, row)) << bit));
    },
  };
  const statistics = new TargetStatistics(
    workspace,
    {
      x: Float64Array.from(rows.flat()),
      y: Int32Array.from(y),
      nFeatures: nCategories.length,
      order,
      columns,
      nClasses,
      nCategories,
      complexity,
      held: { x: Float64Array.from(held.flat()), nRows: held.length },
    },
    tests,
    random,
    () => undefined,
  );
  /** The bytes behind what is placed. */
  const rest = () => workspace.byteLength - workspace.u8(0).address;
  return { statistics, order: [...order], placed: placed.slice(0, nRows), memory: order.buffer, rest };
}

/** The places of rows in the order of each fold, as the published generator draws them. */
export function foldOrders({ rows, seed }: StatisticsProblem): { order: number[]; folds: number[][] } {
  const next = streamOf(seed, 0);
  const shuffle = (n: number): number[] => {
    const items = Array.from({ length: n }, (_, i) => i);
    items.forEach((_, i) => {
      const other = i + Number(((next() >> 32n) * BigInt(n - i)) >> 32n);
      [items[i], items[other]] = [items[other], items[i]];
    });
    return items;
  };
  const n = rows.length;
  const order = shuffle(n);
  const run = Math.min(256, Math.floor(n / 1000) + 1);
  const blocks = Array.from({ length: Math.ceil(n / run) }, (_, block) =>
    Array.from({ length: Math.min(run, n - block * run) }, (__, i) => block * run + i),
  );
  const fold = () => shuffle(blocks.length).flatMap((block) => blocks[block]);
  return { order, folds: [Array.from({ length: n }, (_, i) => i), fold(), fold(), fold()] };
}

/** A few projections that make use of all columns and some tests. */
export function someProjections({ nCategories }: StatisticsProblem): Projection[] {
  const columns = [...nCategories.keys()].filter((column) => nCategories[column] > 0);
  const above: Test = { column: 0, border: 0, missing: false };
  const orMissing: Test = { column: 1, border: Math.fround(0.1), missing: true };
  const one: Test = { column: columns[0], category: 0 };
  return [
    ...columns.map((column) => projectionOf([column], [])),
    projectionOf([columns[0]], [above]),
    projectionOf([columns.at(-1) as number], [orMissing, one]),
    projectionOf(columns, []),
    projectionOf(columns.slice(0, 3), [above, orMissing]),
    projectionOf(columns.slice(1), [one, above]),
  ].filter(({ columns: of, tests }) => of.length > 0 && of.length + (tests.length > 0 ? 1 : 0) <= 4);
}

/** All statistics of a projection, with the lanes that they are in. */
export function allStatistics(statistics: TargetStatistics, projection: Projection) {
  return Array.from({ length: statistics.nTiles }, (_, tile) => [0, 1, 2, 3].map((lane) => ({ tile, lane })))
    .flat()
    .filter(({ tile, lane }) => tile === 0 || lane < 3)
    .map(({ tile, lane }): { statistic: Statistic; tile: number; lane: number } => ({
      statistic: statistics.statistic(projection, tile, lane),
      tile,
      lane,
    }));
}
