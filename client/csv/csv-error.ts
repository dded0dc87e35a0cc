/** A CSV file that cannot be used; the message names file, line and column. */
export class CsvError extends Error {
  override readonly name = 'CsvError';
}
