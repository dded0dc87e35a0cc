import { copyWords } from './blocks';
/**
 * Moves the rows (u32[count] at `rows`) whose bin is at most `low`, or at least
 * `missing`, to the front, both sides in their order, and returns how many they are.
 *
 * @param column u8 of every row
 * @param missing 255 when missing values go left, else 256
 * @param spare u32[count]
 */
export function partitionRows(rows: usize, count: u32, column: usize, low: u32, missing: u32, spare: usize): u32 {
  let left = rows;
  let right = spare;
  for (let at = rows, end = rows + ((<usize>count) << 2); at < end; at += 4) {
    const row = load<u32>(at);
    const bin = <u32>load<u8>(column + row);
    // Both are written, and one of them is kept: there is no branch to mispredict.
    const step = (<usize>((<u32>(bin <= low)) | (<u32>(bin >= missing)))) << 2;
    store<u32>(left, row);
    store<u32>(right, row);
    left += step;
    right += 4 - step;
  }
  copyWords(left, spare, right - spare);
  return <u32>((left - rows) >> 2);
}
