import { createReadStream } from 'node:fs';
import { CsvError as ParserError, type Info, parse } from 'csv-parse';
import { CsvError } from './csv-error.js';

/** A CSV file with a header, its cells as text. */
export interface CsvFile {
  readonly path: string;
  /** The columns' names, all different, in the file's order. */
  readonly header: readonly string[];
  /** The number of rows below the header; at least 1. */
  readonly rowCount: number;
  /** The cells of a column (shape: rowCount), trimmed; the name is one of `header`. */
  cells(column: string): readonly string[];
  /** The line, from 1, at which a row ends. */
  lineOf(row: number): number;
}

/**
 * Reads a CSV file: comma-separated, quoted where needed, UTF-8.
 *
 * @throws CsvError for a file that cannot be read or parsed, has no rows, a
 *   header with empty or repeated names, or a row of another length.
 */
export async function readCsv(path: string): Promise<CsvFile> {
  let header: string[] | undefined;
  const columns: string[][] = [];
  const lines: number[] = [];
  for await (const { record, line } of records(path)) {
    if (header === undefined) {
      header = checkHeader(path, record);
      columns.push(...header.map(() => []));
      continue;
    }
    if (record.length !== header.length) {
      throw new CsvError(`${path}, line ${line}: has ${record.length} cells, but the header has ${header.length}`);
    }
    record.forEach((cell, index) => columns[index].push(cell));
    lines.push(line);
  }
  if (header === undefined) throw new CsvError(`${path}: is empty; needs a header with the names of the columns`);
  if (lines.length === 0) throw new CsvError(`${path}: has a header but no rows`);

  const byName = new Map(header.map((name, index) => [name, columns[index]]));
  return {
    path,
    header,
    rowCount: lines.length,
    cells: (column) => byName.get(column) ?? [],
    lineOf: (row) => lines[row],
  };
}

async function* records(path: string): AsyncGenerator<{ record: string[]; line: number }> {
  const parser = parse({ bom: true, trim: true, info: true, skip_empty_lines: true, relax_column_count: true });
  const file = createReadStream(path);
  // pipe() does not pass errors on.
  file.on('error', (error) => parser.destroy(error));
  try {
    for await (const { record, info } of file.pipe(parser) as AsyncIterable<{ record: string[]; info: Info }>) {
      yield { record, line: info.lines };
    }
  } catch (error) {
    if (error instanceof ParserError) throw new CsvError(`${path}: ${error.message}`, { cause: error });
    if (isFileError(error)) throw new CsvError(`${path}: ${fileFault(error.code)}`, { cause: error });
    throw error;
  }
}

function checkHeader(path: string, header: string[]): string[] {
  const seen = new Set<string>();
  header.forEach((name, index) => {
    if (name === '') throw new CsvError(`${path}, line 1: column ${index + 1} has no name`);
    if (seen.has(name)) throw new CsvError(`${path}, line 1: two columns are called "${name}"`);
    seen.add(name);
  });
  return header;
}

function isFileError(error: unknown): error is NodeJS.ErrnoException & { code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error;
}

function fileFault(code: string): string {
  switch (code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EISDIR':
      return 'is a directory';
    case 'EACCES':
      return 'may not be read';
    default:
      return `cannot be read (${code})`;
  }
}
