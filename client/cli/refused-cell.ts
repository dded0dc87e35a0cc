import { type CsvColumn, placeOf } from '../csv/csv-columns.js';
import { CsvError } from '../csv/csv-error.js';
import type { CsvFile } from '../csv/csv-file.js';
import { ModelServerError } from '../errors.js';
import { shorten } from '../shorten.js';

/** A cell of a file that the server has refused; `cause` is its answer. */
export class RefusedCell extends CsvError {
  constructor(
    place: string,
    /** The cell's text. */
    readonly cell: string,
    description: string,
    override readonly cause: ModelServerError,
  ) {
    super(`${place}, ${cell === '' ? 'which is empty' : `"${shorten(cell)}"`}: ${description}`, { cause });
  }
}

/**
 * The error to throw for `error`: a RefusedCell where the server has refused one
 * cell of the table that `columns` (in this order) of `file` were sent as, else itself.
 */
export function locateRefusal(error: unknown, file: CsvFile, columns: readonly CsvColumn[]): unknown {
  if (!(error instanceof ModelServerError) || error.violations.length !== 1) return error;
  const [{ field, description }] = error.violations;
  // Of a set that was sent in parts, too: rows are counted over all of them.
  const match = /^(?:chunk\.)?x\.columns\[(?<column>\d+)\]\.(?:numbers|strings)\[(?<row>\d+)\]$/.exec(field);
  const name = columns[Number(match?.groups?.['column'])]?.name;
  const row = Number(match?.groups?.['row']);
  if (name === undefined || !(row < file.rowCount)) return error;
  return new RefusedCell(placeOf(file, row, name), file.cells(name)[row], description, error);
}
