/** Something with a value for each row, of which any range of rows can be put on the wire without the others. */
export interface RowSlices<Message> {
  readonly rows: number;
  /** The bytes that each row takes there. */
  readonly bytesPerRow: number;
  /** The bytes, roughly, that a row takes beyond that; undefined where all rows take the same. */
  readonly extraBytes?: (row: number) => number;
  /** The message for rows `start` to `end` (exclusive). */
  slice(start: number, end: number): Message;
}

/** A range of an array; the array itself where that is all of it. */
export function rangeOf<T>(values: readonly T[], start: number, end: number): T[] {
  return start === 0 && end === values.length ? (values as T[]) : values.slice(start, end);
}
