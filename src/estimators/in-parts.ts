/**
 * Work that is done in parts of some 100 µs: who drives it can let others have the
 * thread between two of them.
 */
export type InParts<T> = Generator<void, T, void>;

/** How many numbers a part goes through where each takes some nanoseconds. */
export const PART = 2 ** 14;
/** The bytes that are copied in a part: of memory that was not touched before, a page takes a microsecond or two. */
const COPIED_BYTES = 2 ** 18;

/** Does all parts, on a thread that nobody else waits for. */
export function runThrough<T>(work: InParts<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** Does `work` with [from, to) after [from, to) of `length` things. */
export function* forParts(length: number, work: (from: number, to: number) => void, size = PART): InParts<void> {
  for (let from = 0; from < length; from += size) {
    work(from, Math.min(length, from + size));
    yield;
  }
}

/** Whether all values fit, each with its place. */
export function* allFit(values: ArrayLike<number>, fits: (value: number, index: number) => boolean): InParts<boolean> {
  let fit = true;
  yield* forParts(values.length, (from, to) => {
    for (let i = from; i < to; i++) fit &&= fits(values[i], i);
  });
  return fit;
}

/** How many of the values are `wanted`. */
export function* countOf(values: ArrayLike<number>, wanted: number): InParts<number> {
  let count = 0;
  yield* forParts(values.length, (from, to) => {
    for (let i = from; i < to; i++) if (values[i] === wanted) count++;
  });
  return count;
}

interface Numbers extends ArrayLike<number> {
  readonly BYTES_PER_ELEMENT: number;
  subarray(from: number, to: number): Numbers;
}

/** Copies all of `source` to the beginning of `target`, converting its numbers where they are others. */
export function* copyInParts(
  target: Numbers & { set(values: ArrayLike<number>, at: number): void },
  source: Numbers,
): InParts<void> {
  yield* forParts(
    source.length,
    (from, to) => target.set(source.subarray(from, to), from),
    COPIED_BYTES / target.BYTES_PER_ELEMENT,
  );
}
