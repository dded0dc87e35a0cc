import { currentSamples, Growth } from './growth';
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
  const samples = currentSamples(g);
  for (let i: usize = 0; i < count; i++) {
    const bin = <usize>load<u8>(keys + i);
    const place = ends + (bin << 2);
    const to = <usize>load<u32>(place);
    store<u32>(place, to + 8);
    store<u64>(sorted + to, load<u64>(samples + (i << 3)) | ((<u64>bin) << BIN_SHIFT));
  }
  return nOccupied;
}

/** The most rows that `sortFew` takes: their bins fill a SIMD register. */
export const FEW_ROWS: u32 = 16;

/**
 * Sorts the samples of a small node by their bins: each goes to the place of
 * its rank, which a comparison with all others tells, so that there is no
 * branch to mispredict and nothing to clear. The sorted bins are at g.occupied,
 * one a row; `tagged` samples have them as well.
 */
export function sortFew(g: Growth, rows: usize, column: usize, tagged: bool): void {
  const count = <usize>g.current.count;
  const keys = g.keys;
  const samples = currentSamples(g);
  for (let i: usize = 0; i < count; i++) store<u8>(keys + i, load<u8>(column + load<u32>(rows + (i << 2))));
  const all = v128.load(keys);
  const tag: u64 = tagged ? ~(<u64>0) : 0;
  const valid: i32 = (1 << (<i32>count)) - 1;
  let earlier: i32 = 0;
  for (let i: usize = 0; i < count; i++) {
    const bin = load<u8>(keys + i);
    const key = i8x16.splat(<i8>bin);
    const below = i8x16.bitmask(i8x16.lt_u(all, key)) & valid;
    const equal = i8x16.bitmask(i8x16.eq(all, key)) & earlier;
    // The two have no bit in common.
    const rank = <usize>popcnt(below | equal);
    store<u64>(g.sorted + (rank << 3), load<u64>(samples + (i << 3)) | (((<u64>bin) << BIN_SHIFT) & tag));
    store<u8>(g.occupied + rank, bin);
    earlier = (earlier << 1) | 1;
  }
}
