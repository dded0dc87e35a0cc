import { codeCategories } from './code-categories.js';
import type { DataSet } from './data-set.js';
import { words, type WordsShape } from './generators/words.js';
import type { Problem } from './problem.js';

/** A data set with columns of words, the same in every run. */
export function wordsSet(name: string, rows: number, shape: WordsShape, seed: number): DataSet {
  return { name, rows, classes: shape.classes, ...columnsOf(shape), ...words(shape, seed)(rows) };
}

/** The same as rows to train on, which have every category, and rows to ask about. */
export function wordsProblem(rows: number, shape: WordsShape, queries: number): Problem {
  const draw = words(shape, rows + shape.numbers + shape.classes);
  const training = draw(rows);
  const { x: q, y: qy } = draw(queries);
  const { columns, categorical } = columnsOf(shape);
  return codeCategories({ columns, classes: shape.classes, ...training, q, qy }, categorical);
}

function columnsOf({ numbers, categories }: WordsShape): { columns: number; categorical: readonly number[] } {
  return { columns: numbers + categories.length, categorical: Array.from(categories, (_, c) => numbers + c) };
}
