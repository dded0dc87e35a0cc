import { Growth } from './growth';
import { SET, takeOccupied } from './occupied';

// A sorted sample has its bin in the highest byte, above its class (24 bits) and its weight (32 bits).
export const BIN_SHIFT: u64 = 56;
export const BIN_BYTE: usize = 7;
/** Of a sample shifted right by 30: the offset of its class among u32s. */
export const CLASS_OFFSET: usize = 0x3ff_fffc;

/**
 * Sorts the samples of the current node by their bins, by counting, and lists
 * the bins that occur; returns how many they are. The ends of the bins are left
 * in g.ends.
 */
export function sortByBin(g: Growth, rows: usize, column: usize): u32 {
  const count = <usize>g.current.count;
  const keys = g.keys;
  const ends = g.ends;
  const flags = g.flags;
  for (let i: usize = 0; i < count; i++) {
    const bin = <usize>load<u8>(column + load<u32>(rows + (i << 2)));
    const place = ends + (bin << 2);
    store<u32>(place, load<u32>(place) + 8);
    store<u8>(keys + i, bin);
    store<u8>(flags + bin, SET);
  }
  const nOccupied = takeOccupied(flags, g.occupied);
  let start: u32 = 0;
  for (let at = g.occupied, end = at + nOccupied; at < end; at++) {
    const place = ends + ((<usize>load<u8>(at)) << 2);
    const bytes = load<u32>(place);
    store<u32>(place, start);
    start += bytes;
  }
  const sorted = g.sorted;
  const gathered = g.gathered;
  for (let i: usize = 0; i < count; i++) {
    const bin = <usize>load<u8>(keys + i);
    const place = ends + (bin << 2);
    const to = <usize>load<u32>(place);
    store<u32>(place, to + 8);
    store<u64>(sorted + to, load<u64>(gathered + (i << 3)) | ((<u64>bin) << BIN_SHIFT));
  }
  return nOccupied;
}
