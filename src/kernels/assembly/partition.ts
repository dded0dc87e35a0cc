import { copyWords } from './blocks';

/**
 * Moves the rows whose bin is at most `low`, or at least `missing`, to the front,
 * with their samples, both sides in their order, and returns how many they are.
 *
 * @param rows u32[count], @param samples u64[count]
 * @param column u8 of every row
 * @param missing 255 when missing values go left, else 256
 * @param spareRows u32[count], @param spareSamples u64[count]
 */
export function partitionRows(
  rows: usize,
  samples: usize,
  count: u32,
  column: usize,
  low: u32,
  missing: u32,
  spareRows: usize,
  spareSamples: usize,
): u32 {
  let nLeft: usize = 0;
  let nRight: usize = 0;
  for (let i: usize = 0; i < <usize>count; i++) {
    const row = load<u32>(rows + (i << 2));
    const sample = load<u64>(samples + (i << 3));
    const bin = <u32>load<u8>(column + row);
    // Both sides are written, and one of them is kept: there is no branch to mispredict.
    const isLeft = <usize>((<u32>(bin <= low)) | (<u32>(bin >= missing)));
    store<u32>(rows + (nLeft << 2), row);
    store<u64>(samples + (nLeft << 3), sample);
    store<u32>(spareRows + (nRight << 2), row);
    store<u64>(spareSamples + (nRight << 3), sample);
    nLeft += isLeft;
    nRight += 1 - isLeft;
  }
  copyWords(rows + (nLeft << 2), spareRows, nRight << 2);
  copyWords(samples + (nLeft << 3), spareSamples, nRight << 3);
  return <u32>nLeft;
}
