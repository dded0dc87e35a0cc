import { CsvError, parse } from 'csv-parse/sync';
import { UnfitData } from './unfit-data.js';

/** The cells of a CSV file, as text. */
export interface CsvTable {
  /** Absent where the file has no header line. */
  readonly header?: readonly string[];
  /** All of one length; at least one row. */
  readonly rows: readonly (readonly string[])[];
}

// As such files write numbers, and what they write where there is none.
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const MISSING = new Set(['', '?', 'na', 'nan', 'null']);

/** The number in a cell, NaN where it is missing; undefined for text. */
export function numberIn(cell: string): number | undefined {
  if (NUMBER.test(cell)) return Number(cell);
  return MISSING.has(cell.toLowerCase()) ? NaN : undefined;
}

/**
 * Parses a CSV file, separated by commas or semicolons. Its first line is a
 * header when a cell of it is text that occurs nowhere below it.
 *
 * @throws UnfitData when it cannot be parsed, or has no rows.
 */
export function parseCsv(text: string): CsvTable {
  const lines = records(text);
  if (lines.length === 0) throw new UnfitData('is empty');
  const [first, ...rest] = lines;
  const isHeader = first.some(
    (cell, column) => numberIn(cell) === undefined && rest.every((row) => row[column] !== cell),
  );
  const table = isHeader ? { header: first, rows: rest } : { rows: lines };
  if (table.rows.length === 0) throw new UnfitData('has no rows');
  return table;
}

function records(text: string): string[][] {
  const [firstLine] = text.split('\n', 1);
  const delimiter = firstLine.includes(';') ? ';' : ',';
  try {
    return parse(text, { bom: true, trim: true, skip_empty_lines: true, delimiter });
  } catch (error) {
    if (error instanceof CsvError) throw new UnfitData(error.message, { cause: error });
    throw error;
  }
}
