import { expect } from 'chai';
import fc from 'fast-check';

import {
  type Projection,
  projectionOf,
  type Statistic,
} from '../../../../src/estimators/core/target-statistics/projection.js';
import { StatisticTables } from '../../../../src/estimators/core/target-statistics/statistic-tables.js';
import type { Tensor, Tensors } from '../../../../src/estimators/tensor.js';
import { Workspace } from '../../../../src/kernels/workspace.js';
import { countedBins, orderedBins } from './naive-statistics.js';
import {
  allStatistics,
  foldOrders,
  someProjections,
  statisticsOf,
  type StatisticsProblem,
  statisticsProblem,
} from './statistics-problem.js';
import { runThrough } from '../../../../src/estimators/in-parts.js';

function tensorsOf(problem: StatisticsProblem, used: readonly Statistic[]): Tensors {
  return statisticsOf(problem).statistics.tensors(used, () => undefined);
}

function readTables(tensors: Tensors, { nCategories, nClasses }: StatisticsProblem): StatisticTables {
  return runThrough(StatisticTables.read(tensors, { nFeatures: nCategories.length, nClasses, nCategories }));
}

/** The bins of rows in all statistics of a model. */
function lookUp(tables: StatisticTables, rows: readonly (readonly number[])[], single = false): number[][] {
  const workspace = new Workspace(tables.bytes(rows.length));
  const lookup = runThrough(tables.place(workspace, rows.length));
  // Rows before the first are not looked at.
  const values = [...(rows[0] ?? []).map(() => 7), ...rows.flat()];
  const x = single ? Float32Array.from(values) : Float64Array.from(values);
  const nFeatures = rows[0]?.length ?? 0;
  lookup.look(x, nFeatures, rows.length, nFeatures);
  return tables.statistics.map((_, i) => [...lookup.bins.subarray(i * lookup.stride, i * lookup.stride + rows.length)]);
}

/** A few statistics of each projection, in any order. */
function drawn(problem: StatisticsProblem, draws: Iterator<number>): Statistic[] {
  const { statistics } = statisticsOf(problem);
  const all = someProjections(problem).flatMap((projection) =>
    allStatistics(statistics, projection).map(({ statistic }) => statistic),
  );
  const distinct = [...new Map(all.map((statistic) => [statistic.key, statistic])).values()];
  return distinct
    .map((statistic) => ({ statistic, at: (draws.next().value as number) % 7 }))
    .filter(({ at }) => at > 2)
    .toSorted((a, b) => a.at - b.at)
    .map(({ statistic }) => statistic);
}

describe('The tables of target statistics', () => {
  it('give rows the bins of all training rows with the same key, unseen ones those of none', () => {
    fc.assert(
      fc.property(statisticsProblem, fc.infiniteStream(fc.nat()), (problem, draws) => {
        const { rows, y, held, nCategories } = problem;
        const used = drawn(problem, draws);
        const tables = readTables(tensorsOf(problem, used), problem);
        expect(tables.statistics).to.deep.equal(used);
        const asked = [...rows, ...held];
        const expected = used.map((statistic) => countedBins(statistic, { rows, y }, nCategories, asked));
        expect(lookUp(tables, asked)).to.deep.equal(expected);
        for (const i of asked.keys()) {
          expect(lookUp(tables, [asked[i]], true)).to.deep.equal(expected.map((bins) => [bins[i]]));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('go on from what the last row of a fold has seen', () => {
    fc.assert(
      fc.property(statisticsProblem, (problem) => {
        const { rows, y, nCategories } = problem;
        const { order, folds } = foldOrders(problem);
        const last = order[folds[3].at(-1) as number];
        // What a row would see that came after the last one.
        const again = { rows: [...rows, rows[last]], y: [...y, 0] };
        const { statistics } = statisticsOf(problem);
        const used = someProjections(problem)
          .flatMap((projection) => allStatistics(statistics, projection))
          .map(({ statistic }) => statistic)
          .filter(({ of }) => of.kind === 'target');
        const distinct = [...new Map(used.map((statistic) => [statistic.key, statistic])).values()];
        const tables = readTables(
          statistics.tensors(distinct, () => undefined),
          problem,
        );
        const placed = [...folds[3].map((place) => order[place]), rows.length];
        const expected = distinct.map((statistic) => orderedBins(statistic, again, nCategories, placed)[rows.length]);
        expect(lookUp(tables, [rows[last]]).flat()).to.deep.equal(expected);
      }),
      { numRuns: 30 },
    );
  });

  it('hold all categories of a column, and of tuples only those that differ from an unseen one', () => {
    const problem: StatisticsProblem = {
      rows: Array.from({ length: 12 }, (_, i) => [i, 0, i % 3, i % 4]),
      y: Array.from({ length: 12 }, (_, i) => (i % 4 === 0 ? 1 : 0)),
      held: [],
      nClasses: 2,
      nCategories: Uint32Array.of(0, 0, 3, 4),
      seed: 1,
    };
    const both = projectionOf([2, 3], []);
    const { statistics } = statisticsOf(problem);
    const tensors = statistics.tensors(
      [statistics.statistic(projectionOf([2], []), 0, 0), statistics.statistic(both, 0, 0)],
      () => undefined,
    );
    // Of the twelve pairs, three are of class 1.
    expect([...tensors.projection_tuple_start.data]).to.deep.equal([0, 3, 6]);
    expect(tensors.tuple_tag.shape).to.deep.equal([3]);
    expect([...tensors.tuple_bins.data]).to.deep.equal([3, 3, 3, 7, 7, 7]);
    expect(statistics.tensors([], () => undefined)).to.deep.equal({});
    expect(lookUp(readTables({}, problem), [[1, 2, 0, 0]])).to.deep.equal([]);
  });

  it('tell thousands of tuples apart', () => {
    const n = 5_000;
    const rows = Array.from({ length: n }, (_, i) => [i % 5, 0, i % 71, i % 83]);
    const problem: StatisticsProblem = {
      rows,
      y: rows.map((_, i) => (Math.imul(i, 0x9e3779b1) >>> 20) % 2),
      held: [],
      nClasses: 2,
      nCategories: Uint32Array.of(0, 0, 71, 83),
      seed: 3,
    };
    const projections: Projection[] = [
      projectionOf([2, 3], []),
      projectionOf([2, 3], [{ column: 0, border: 1, missing: false }]),
    ];
    const { statistics } = statisticsOf(problem);
    const used = projections.map((projection) => statistics.statistic(projection, 0, 1));
    const tables = readTables(
      statistics.tensors(used, () => undefined),
      problem,
    );
    const others = Array.from({ length: 900 }, (_, i) => [i % 5, 0, (i * 7) % 72, (i * 5) % 85]);
    const asked = [...rows, ...others];
    const expected = used.map((statistic) => countedBins(statistic, problem, problem.nCategories, asked));
    expect(lookUp(tables, asked)).to.deep.equal(expected);
  });

  describe('are refused', () => {
    const problem: StatisticsProblem = {
      rows: Array.from({ length: 40 }, (_, i) => [i, 0, i % 3, i % 20]),
      y: Array.from({ length: 40 }, (_, i) => (i * 7) % 3),
      held: [],
      nClasses: 3,
      nCategories: Uint32Array.of(0, 0, 3, 20),
      seed: 1,
    };
    const combined = projectionOf([2, 3], [{ column: 0, border: 9.5, missing: false }]);
    const { statistics } = statisticsOf(problem);
    const sound = statistics.tensors(
      [
        statistics.statistic(projectionOf([3], []), 1, 2),
        statistics.statistic(combined, 0, 3),
        statistics.statistic(combined, 1, 0),
      ],
      () => undefined,
    );
    const restore = (tensors: Tensors) => readTables(tensors, problem);

    it('not when they are sound', () => {
      expect(restore(sound).statistics.length).to.equal(3);
    });

    it('when a lookup could go out of them', () => {
      const cases: [name: string, index: number, value: number, message: RegExp][] = [
        ['statistic_projection', 0, 2, /statistic 0 /],
        ['statistic_projection', 0, 1, /table of projection 0 /],
        ['statistic_target_border', 0, 2, /statistic 0 /],
        ['statistic_target_border', 1, 1, /a statistic /],
        ['statistic_prior', 0, 4, /a statistic /],
        ['projection_column', 0, 4, /projection 0 /],
        ['projection_column', 0, 0, /projection 0 /],
        ['projection_column', 0, 2, /table of projection 0 /],
        ['projection_column', 1, 3, /projection 1 /],
        ['projection_column_start', 1, 0, /projection 0 /],
        ['projection_column_start', 1, 4, /projection_column_start has wrong offsets/],
        ['projection_column_start', 0, 1, /projection_column_start has wrong offsets/],
        ['projection_test_start', 2, 0, /projection_test_start has wrong offsets/],
        ['projection_test_column', 0, 4, /projection 1 /],
        ['projection_test_rule', 0, 3, /a test /],
        ['projection_test_limit', 0, NaN, /projection . is/],
        ['projection_bucket_bits', 0, 1, /table of projection 0 /],
        ['projection_bucket_bits', 1, 29, /table of projection 1 /],
        ['projection_bucket_bits', 1, 0, /buckets of projection 1 /],
        ['projection_tuple_start', 1, 19, /table of projection 0 /],
        ['projection_tuple_start', 2, 21, /buckets of projection 1 /],
        ['bucket_size', 0, 99, /buckets of projection 1 /],
      ];
      for (const [name, index, value, message] of cases) {
        const { dtype, shape, data } = sound[name];
        const copy = data.slice();
        copy[index] = value;
        expect(
          () => restore({ ...sound, [name]: { dtype, shape, data: copy } as Tensor }),
          `${name}[${index}]`,
        ).to.throw(RangeError, message);
      }
    });

    it('when one is missing, too short or too long', () => {
      for (const [name, { dtype, data }] of Object.entries(sound)) {
        if (name !== 'statistic_projection') {
          const without = Object.fromEntries(Object.entries(sound).filter(([other]) => other !== name));
          expect(() => restore(without), name).to.throw(RangeError, `tensor ${name} is missing`);
        }
        const longer = data.slice(0, 0).constructor as new (length: number) => typeof data;
        for (const length of [0, data.length - 1, data.length + 1]) {
          const resized = new longer(length);
          for (let i = 0; i < Math.min(length, data.length); i++) resized[i] = data[i];
          const tensors = { ...sound, [name]: { dtype, shape: [length], data: resized } as Tensor };
          expect(() => restore(tensors), `${name} of ${length}`).to.throw(RangeError);
        }
      }
    });
  });
});
