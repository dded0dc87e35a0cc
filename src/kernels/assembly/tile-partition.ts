import { copyWords } from './blocks';

const BLOCK_ROWS: usize = 1024;
/** The bins of so many rows. */
const block: usize = memory.data(2048, 16);

/**
 * Moves the rows (u32[count] at `rows`) whose bin is at most `cut`, or is
 * `alsoLeft`, to the front, both sides in their order, and returns how many they are.
 *
 * @param bins the feature's bin of row 0; those of the next rows are `rowBytes` apart
 * @param alsoLeft the bin of missing values where they go left, else one that does not occur
 * @param spare u32[count]
 */
@inline
function partition<B>(
  rows: usize,
  count: u32,
  bins: usize,
  rowBytes: usize,
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
      // Both are written, and one of them is kept: there is no branch to mispredict.
      const step = (<usize>((<u32>(ofRow <= cut)) | (<u32>(ofRow == alsoLeft)))) << 2;
      store<u32>(left, row);
      store<u32>(right, row);
      left += step;
      right += 4 - step;
    }
  }
  copyWords(left, spare, right - spare);
  return <u32>((left - rows) >> 2);
}

export function partitionTile8(
  rows: usize,
  count: u32,
  bins: usize,
  rowBytes: u32,
  cut: u32,
  alsoLeft: u32,
  spare: usize,
): u32 {
  return partition<u8>(rows, count, bins, rowBytes, cut, alsoLeft, spare);
}

export function partitionTile16(
  rows: usize,
  count: u32,
  bins: usize,
  rowBytes: u32,
  cut: u32,
  alsoLeft: u32,
  spare: usize,
): u32 {
  return partition<u16>(rows, count, bins, rowBytes, cut, alsoLeft, spare);
}
