import { writeFile } from 'node:fs/promises';
import type { Labels } from '../labels.js';
import type { Style } from '../terminal/style.js';
import { formatTable, type TableColumn } from '../terminal/table.js';

/** Predictions, row by row. */
export interface PredictedTable {
  /** Shape: n_samples. */
  readonly labels: Labels;
  /** Shape: n_classes. */
  readonly classes: Labels;
  /** Shape: n_samples x n_classes. */
  readonly probabilities?: readonly (readonly number[])[];
}

/** A screenful; programs and --output get all rows. */
const MAX_SHOWN = 20;

/** The first predictions for people, and how many more there are. */
export function formatPredictions({ labels, classes, probabilities }: PredictedTable, style: Style): string {
  const columns: TableColumn[] = [{ title: 'row', align: 'right' }, { title: 'label' }];
  if (probabilities) columns.push(...classes.map((name) => ({ title: `P(${name})`, align: 'right' as const })));
  const shown = labels.slice(0, MAX_SHOWN);
  const rows = shown.map((label, row) => [
    row + 1,
    String(label),
    ...(probabilities?.[row] ?? []).map((probability) => probability.toFixed(3)),
  ]);
  const rest = labels.length - shown.length;
  const more = rest > 0 ? `\n${style.dim(`  … and ${rest} more rows; --output FILE writes all of them`)}` : '';
  return formatTable(columns, rows, style) + more;
}

/** Writes a CSV file with the columns `label` and, if there are probabilities, `probability_CLASS`. */
export async function writePredictions(path: string, table: PredictedTable): Promise<void> {
  const { labels, classes, probabilities } = table;
  const header = ['label', ...(probabilities ? classes.map((name) => `probability_${name}`) : [])];
  const rows = Array.from<string | number | bigint, string[]>(labels, (label, row) => [
    String(label),
    ...(probabilities?.[row] ?? []).map(String),
  ]);
  await writeFile(path, `${[header, ...rows].map((row) => row.map(quote).join(',')).join('\n')}\n`);
}

function quote(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
