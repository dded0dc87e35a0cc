import { copyWords } from './blocks';

const BLOCK_ROWS: usize = 1024;
/** The bins of so many rows. */
const block: usize = memory.data(2048, 16);

/** Whether a split sends a bin left, 1 or 0: one that is at most `cut`, or is `alsoLeft`. */
@inline
function isBelow(bin: u32, cut: u32, alsoLeft: u32): u32 {
  return <u32>(bin <= cut) | <u32>(bin == alsoLeft);
}

/** Whether bit `bin` of a set is set, 1 or 0. */
@inline
function isIn(bin: u32, set: usize): u32 {
  return (load<u32>(set + (<usize>(bin >> 5) << 2)) >> (bin & 31)) & 1;
}

/**
 * Moves the rows (u32[count] at `rows`) whose bin a split sends left to the front,
 * both sides in their order, and returns how many they are. It is written out for
 * each kind of split, of cuts and of sets.
 */
@inline
function partition<B>(
  rows: usize,
  count: u32,
  bins: usize,
  rowBytes: usize,
  bySet: bool,
  set: usize,
  cut: u32,
  alsoLeft: u32,
  spare: usize,
): u32 {
  let left = rows;
  let right = spare;
  let at = rows;
  for (let end = rows + ((<usize>count) << 2); at < end; ) {
    const blockEnd = min(at + BLOCK_ROWS * 4, end);
    // Apart from what depends on them: so many of them are on their way from memory at a time.
    let bin = block;
    for (let next = at; next < blockEnd; next += 4, bin += sizeof<B>()) {
      store<B>(bin, load<B>(bins + <usize>load<u32>(next) * rowBytes));
    }
    bin = block;
    for (; at < blockEnd; at += 4, bin += sizeof<B>()) {
      const row = load<u32>(at);
      const ofRow = <u32>load<B>(bin);
      const goesLeft = bySet ? isIn(ofRow, set) : isBelow(ofRow, cut, alsoLeft);
      // Both are written, and one of them is kept: there is no branch to mispredict.
      const step = (<usize>goesLeft) << 2;
      store<u32>(left, row);
      store<u32>(right, row);
      left += step;
      right += 4 - step;
    }
  }
  copyWords(left, spare, right - spare);
  return <u32>((left - rows) >> 2);
}

/**
 * Moves the rows (u32[count] at `rows`) whose bin is at most `cut`, or is
 * `alsoLeft`, to the front, both sides in their order, and returns how many they are.
 *
 * @param bins the feature's bin (u8) of row 0; those of the next rows are `rowBytes` apart
 * @param alsoLeft the bin of missing values where they go left, else one that does not occur
 * @param spare u32[count]
 */
export function partitionByCut8(
  rows: usize,
  count: u32,
  bins: usize,
  rowBytes: u32,
  cut: u32,
  alsoLeft: u32,
  spare: usize,
): u32 {
  return partition<u8>(rows, count, bins, rowBytes, false, 0, cut, alsoLeft, spare);
}

/** Does so with bins of two bytes. */
export function partitionByCut16(
  rows: usize,
  count: u32,
  bins: usize,
  rowBytes: u32,
  cut: u32,
  alsoLeft: u32,
  spare: usize,
): u32 {
  return partition<u16>(rows, count, bins, rowBytes, false, 0, cut, alsoLeft, spare);
}

/**
 * Does so with the rows whose bin is in a set.
 *
 * @param set u32[n_bins / 32]; bin i is bit i % 32 of word i / 32
 */
export function partitionBySet8(
  rows: usize,
  count: u32,
  bins: usize,
  rowBytes: u32,
  set: usize,
  spare: usize,
): u32 {
  return partition<u8>(rows, count, bins, rowBytes, true, set, 0, 0, spare);
}

/** Does so with bins of two bytes. */
export function partitionBySet16(
  rows: usize,
  count: u32,
  bins: usize,
  rowBytes: u32,
  set: usize,
  spare: usize,
): u32 {
  return partition<u16>(rows, count, bins, rowBytes, true, set, 0, 0, spare);
}
