import { expect } from 'chai';
import fc from 'fast-check';

import {
  projectionOf,
  type Statistic,
  type TreeSplit,
} from '../../../../src/estimators/core/target-statistics/projection.js';
import { StatisticSearch } from '../../../../src/estimators/core/target-statistics/statistic-search.js';
import { outputsOf } from '../../../../src/estimators/linear-model.js';
import { Workspace } from '../../../../src/kernels/workspace.js';
import { lcg } from '../../../support/problems.js';
import { orderedBins } from './naive-statistics.js';
import {
  allStatistics,
  foldOrders,
  statisticsOf,
  type StatisticsProblem,
  statisticsProblem,
} from './statistics-problem.js';

const L2 = 3;

/** A tree of some splits, whose leaves rows are in, with their gradients and weights. */
interface Growing {
  readonly splits: readonly TreeSplit[];
  readonly leaves: readonly number[];
  /** Shape: nRows x nOutputs. */
  readonly gradients: readonly (readonly number[])[];
  readonly weights: readonly number[];
}

function drawTree(problem: StatisticsProblem, splits: readonly TreeSplit[], seed: number): Growing {
  const random = lcg(seed);
  const { rows, nClasses } = problem;
  return {
    splits,
    leaves: rows.map(() => Math.floor(random() * 2 ** splits.length)),
    gradients: rows.map(() => Array.from({ length: outputsOf(nClasses) }, () => Math.fround(random() - 0.5))),
    weights: rows.map(() => (random() < 0.2 ? 0 : Math.fround(0.5 + random()))),
  };
}

/** What CatBoost's score "Cosine" is, after rows are parted into groups. */
function cosine(groups: readonly number[], { gradients, weights }: Growing): number {
  let [numerator, denominator] = [0, 1e-100];
  for (const group of new Set(groups)) {
    const rows = [...groups.keys()].filter((row) => groups[row] === group && weights[row] > 0);
    const weight = rows.reduce((sum, row) => sum + weights[row], 0);
    for (const output of gradients[0].keys()) {
      const gradient = rows.reduce((sum, row) => sum + gradients[row][output], 0);
      const mean = weight > 0 ? gradient / (weight + L2) : 0;
      numerator += mean * gradient;
      denominator += mean * mean * weight;
    }
  }
  return numerator / Math.sqrt(denominator);
}

/** Every split that a level may look at, with its score but for noise, by a fold. */
function naiveScores(
  problem: StatisticsProblem,
  tree: Growing,
  fold: number,
  used: ReadonlySet<string>,
): { statistic: Statistic; cut: number; score: number }[] {
  const { statistics, order, placed } = statisticsOf(problem);
  const labelled = { rows: placed, y: order.map((row) => problem.y[row]) };
  const projections = statistics.projections(tree.splits);
  const most = Math.max(...projections.map((projection) => statistics.distinct(projection)));
  return projections
    .flatMap((projection) => allStatistics(statistics, projection))
    .flatMap(({ statistic }) => {
      const bins = orderedBins(statistic, labelled, problem.nCategories, foldOrders(problem).folds[fold]);
      const isNew = !used.has(`${statistic.of.kind} ${statistic.projection.key}`);
      const penalty = isNew ? (1 + statistics.distinct(statistic.projection) / most) ** -0.5 : 1;
      return Array.from({ length: 15 }, (_, cut) => ({
        statistic,
        cut,
        score:
          penalty *
          cosine(
            tree.leaves.map((leaf, row) => leaf * 2 + Number(bins[row] > cut)),
            tree,
          ),
      }));
    });
}

/** A search over the statistics of a problem, which shares their memory. */
function place(problem: StatisticsProblem, tree: Growing, depth: number, byLevel = 1) {
  const nPairs = Math.floor(outputsOf(problem.nClasses) / 2) + 1;
  const rules = { depth, l2: L2, byLevel, nPairs };
  const nRows = problem.rows.length;
  const columns = [...problem.nCategories].filter((n) => n > 0).length;
  const extra =
    StatisticSearch.bytes(columns, problem.nClasses, rules) +
    Workspace.sizeOf(nRows, 2) +
    Workspace.sizeOf(2 * nRows * nPairs, 4) +
    Workspace.sizeOf(1, 8) +
    2_048;
  const { statistics, workspace } = statisticsOf(problem, 4, extra);
  const random = workspace.f64(1).address;
  workspace.kernels.seedRandom(random, 1, 1);
  const normals = workspace.u8(workspace.kernels.normalsBytes()).address;
  workspace.kernels.startNormals(normals);
  const search = new StatisticSearch(workspace, statistics, rules, random, normals, () => undefined);
  const leaves = workspace.u16(nRows);
  leaves.set(tree.leaves);
  const pairs = workspace.f32(2 * nRows * nPairs);
  tree.gradients.forEach((gradients, row) => {
    gradients.forEach((gradient, output) => {
      pairs[(output >> 1) * 2 * nRows + 2 * row + (output & 1)] = tree.weights[row] > 0 ? gradient : 0;
    });
    pairs[(nPairs - 1) * 2 * nRows + 2 * row + 1] = tree.weights[row];
  });
  const growing = { splits: tree.splits, leaves: leaves.address, pairs: pairs.address, pairsPitch: 8 * nRows };
  return { search, growing };
}

describe('The search over target statistics', () => {
  const drawSplits = (problem: StatisticsProblem, n: number): TreeSplit[] => {
    const columns = [...problem.nCategories.keys()].filter((column) => problem.nCategories[column] > 0);
    const above = { test: { column: 0, border: 0, missing: false } };
    const onOne = {
      statistic: { key: '', projection: projectionOf([columns[0]], []), of: { kind: 'counter' } },
      cut: 1,
    };
    return [above, onOne as TreeSplit].slice(0, n);
  };

  it('finds the cut that scores best, less what is new and has many keys', () => {
    fc.assert(
      fc.property(
        statisticsProblem,
        fc.nat(),
        fc.integer({ min: 0, max: 2 }),
        fc.integer({ min: 0, max: 2 }),
        (problem, seed, nSplits, fold) => {
          const tree = drawTree(problem, drawSplits(problem, nSplits), seed);
          const { search, growing } = place(problem, tree, 3);
          const used = new Set<string>();
          // What has been found is not new any more.
          for (let level = 0; level < 3; level++) {
            search.startTree(fold, 1e-9, 0);
            const found = search.best(growing);
            const all = naiveScores(problem, tree, fold, used);
            const most = Math.max(...all.map(({ score }) => score));
            expect(found?.score).to.be.closeTo(most, 1e-6 * (1 + Math.abs(most)));
            const same = all.find(({ statistic, cut }) => statistic.key === found?.statistic.key && cut === found?.cut);
            expect(same?.score).to.be.closeTo(most, 1e-6 * (1 + Math.abs(most)));
            if (found === undefined) continue;
            search.use(found.statistic);
            used.add(`${found.statistic.of.kind} ${found.statistic.projection.key}`);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  const table = (n: number): StatisticsProblem => {
    const random = lcg(3);
    return {
      rows: Array.from({ length: n }, () => [random(), random(), Math.floor(random() * 5), Math.floor(random() * 40)]),
      y: Array.from({ length: n }, () => Math.floor(random() * 2)),
      held: [],
      nClasses: 2,
      nCategories: Uint32Array.of(0, 0, 5, 40),
      seed: 1,
    };
  };

  it('does so with more leaves than there are histograms for', () => {
    const problem = table(120);
    const splits = Array.from({ length: 14 }, (_, i) => ({ test: { column: 0, border: i / 14, missing: false } }));
    const tree = drawTree(problem, splits, 7);
    const { search, growing } = place(problem, tree, 15);
    search.startTree(1, 1e-9, 0);
    const most = Math.max(...naiveScores(problem, tree, 1, new Set()).map(({ score }) => score));
    expect(search.best(growing)?.score).to.be.closeTo(most, 1e-6);
  });

  it('looks at the drawn projections only, and finds nothing where none is drawn', () => {
    const problem = table(200);
    const tree = drawTree(problem, [], 7);
    const keys = new Set<string | undefined>();
    const { search, growing } = place(problem, tree, 3, 0.5);
    search.startTree(0, 1e-9, 0);
    for (let i = 0; i < 40; i++) keys.add(search.best(growing)?.statistic.projection.key);
    expect(keys).to.deep.equal(new Set(['2|', '3|', undefined]));
  });

  it('adds noise that makes any split the best at times', () => {
    const problem = table(200);
    const tree = drawTree(problem, [], 7);
    const { search, growing } = place(problem, tree, 3);
    const found = new Set<string | undefined>();
    search.startTree(0, 1e-9, 100);
    for (let i = 0; i < 400; i++) found.add(search.best(growing)?.statistic.key);
    expect(found.size).to.equal(8);
  });
});
