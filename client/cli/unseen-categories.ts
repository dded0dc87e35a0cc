import type { CsvFile } from '../csv/csv-file.js';
import type { Feature } from '../model.js';
import { formatList } from '../terminal/format.js';

/** How many of a feature's new categories are named. */
const MOST_CATEGORIES = 3;

/**
 * The categories of a file that a model has not been trained on, as lines for
 * people: a misspelt one is answered like any other.
 */
export function unseenCategories(file: CsvFile, features: readonly Feature[]): string[] {
  return features.flatMap(({ name, kind, categories, nCategories, integerCategories = false }) => {
    // Of a feature that has a great many, the server shows only some.
    if (kind === 'numeric' || categories.length !== nCategories) return [];
    const known = new Set(categories);
    const isKnown = (cell: string) => known.has(integerCategories ? String(Number(cell)) : cell);
    const cells = file.cells(name).filter((cell) => !isKnown(cell) && !(integerCategories && cell === ''));
    if (cells.length === 0) return [];
    const unseen = [...new Set(cells)].map((cell) => JSON.stringify(cell));
    const rows = cells.length === 1 ? '1 row' : `${cells.length} rows`;
    return [`${name} has categories in ${rows} that the model does not know: ${formatList(unseen, MOST_CATEGORIES)}`];
  });
}
