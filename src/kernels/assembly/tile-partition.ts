import { copyWords } from './blocks';

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
  for (let at = rows, end = rows + ((<usize>count) << 2); at < end; at += 4) {
    const row = load<u32>(at);
    const bin = <u32>load<B>(bins + <usize>row * rowBytes);
    // Both are written, and one of them is kept: there is no branch to mispredict.
    const step = (<usize>((<u32>(bin <= cut)) | (<u32>(bin == alsoLeft)))) << 2;
    store<u32>(left, row);
    store<u32>(right, row);
    left += step;
    right += 4 - step;
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
