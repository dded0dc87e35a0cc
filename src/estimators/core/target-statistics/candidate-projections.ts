import { type Projection, projectionOf, testKey, type TreeSplit } from './projection.js';

/**
 * The projections that the next level of a tree may look at: every column by itself,
 * and those that the tree so far leads to. All of its tests together, and the
 * projection of each statistic in it, each with one column more, as long as it is
 * not more complex than it may be; tests count as one column
 * (CatBoost's "tree CTRs", greedy_tensor_search.cpp).
 */
export function candidateProjections(
  columns: readonly number[],
  complexity: number,
  splits: readonly TreeSplit[],
): Projection[] {
  const found = new Map<string, Projection>();
  const add = (projection: Projection) => found.set(projection.key, projection);
  for (const column of columns) add(projectionOf([column], []));
  for (const base of basesOf(splits)) {
    const length = base.columns.length + (base.tests.length > 0 ? 1 : 0);
    if (length >= complexity) continue;
    for (const column of columns) {
      if (!base.columns.includes(column)) add(projectionOf([...base.columns, column], base.tests));
    }
  }
  return [...found.values()];
}

function basesOf(splits: readonly TreeSplit[]): Projection[] {
  const tests = splits.flatMap((split) => ('test' in split ? [split.test] : []));
  const ofStatistics = splits.flatMap((split) => ('statistic' in split ? [split.statistic.projection] : []));
  // A test that is there twice tells no more.
  const isRedundant = new Set(tests.map(testKey)).size < tests.length;
  return tests.length === 0 || isRedundant ? ofStatistics : [projectionOf([], tests), ...ofStatistics];
}
