import type { CsvTable } from './csv-table.js';

const LABELS = ['label', 'class', 'target'];

/** Files of the UCI repository whose label is neither last nor called so. */
const PLACES: Readonly<Record<string, number>> = { 'letter-recognition': 0 };

/** The place of the labels in the table `name`: of the column called label, class or target, else the last one. */
export function labelColumnOf(name: string, { header, rows }: CsvTable): number {
  const named = header?.findIndex((column) => LABELS.includes(column.toLowerCase())) ?? -1;
  return named >= 0 ? named : (PLACES[name] ?? rows[0].length - 1);
}
