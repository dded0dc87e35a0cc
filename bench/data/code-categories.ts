import type { Problem } from './problem.js';

/**
 * The problem as estimators are given it: the categories of the `categorical`
 * columns, whatever numbers they had, by how many of the rows to train on have
 * them. The most frequent one is 0, of equally frequent ones the lower number
 * comes first; queries with a category of no such row have the number of categories.
 */
export function codeCategories(problem: Problem, categorical: readonly number[] = []): Problem {
  if (categorical.length === 0) return problem;
  const { columns } = problem;
  const coded = { ...problem, x: problem.x.slice(), q: problem.q.slice(), nCategories: new Uint32Array(columns) };
  for (const column of categorical) {
    const codes = codesByFrequency(problem.x, column, columns);
    coded.nCategories[column] = codes.size;
    for (const values of [coded.x, coded.q]) {
      for (let at = column; at < values.length; at += columns) values[at] = codes.get(values[at]) ?? codes.size;
    }
  }
  return coded;
}

function codesByFrequency(x: Float64Array, column: number, columns: number): Map<number, number> {
  const counts = new Map<number, number>();
  for (let at = column; at < x.length; at += columns) counts.set(x[at], (counts.get(x[at]) ?? 0) + 1);
  const order = [...counts].toSorted(([one, count], [other, its]) => its - count || one - other);
  return new Map(order.map(([category], code) => [category, code]));
}
