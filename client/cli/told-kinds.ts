import type { ColumnKind } from '../csv/column-kind.js';
import type { CsvFile } from '../csv/csv-file.js';
import { formatList } from '../terminal/format.js';
import { UsageError } from './usage-error.js';

/** How many columns are named in a message. */
const MOST_NAMES = 20;

/** What the command line says about the kinds of columns; each option may come several times. */
export interface KindOptions {
  readonly numeric?: readonly string[];
  readonly categorical?: readonly string[];
}

/**
 * The kinds that `--numeric` and `--categorical` give to columns, by their names.
 * Names are separated by commas; one that has a comma itself is an option of its own.
 *
 * @throws UsageError for a column that the file does not have, the label, and one of both kinds.
 */
export function toldKinds(file: CsvFile, options: KindOptions, label: string): Map<string, ColumnKind> {
  const told = new Map<string, ColumnKind>();
  for (const kind of ['numeric', 'categorical'] as const) {
    for (const name of (options[kind] ?? []).flatMap((value) => namesIn(file, value))) {
      if (!file.header.includes(name)) {
        const known = formatList(file.header, MOST_NAMES);
        throw new UsageError(`--${kind} ${name}: ${file.path} has no such column; its columns are ${known}`);
      }
      if (name === label) throw new UsageError(`--${kind} ${name}: this column is the label`);
      if (told.has(name) && told.get(name) !== kind) {
        throw new UsageError(`--${kind} ${name}: --${told.get(name)} names this column, too`);
      }
      told.set(name, kind);
    }
  }
  return told;
}

function namesIn(file: CsvFile, value: string): string[] {
  return file.header.includes(value) ? [value] : value.split(',').map((name) => name.trim());
}
