/*
 * Oblivious trees over rows whose values are numbers of borders, as the walks take
 * them. Rows come in blocks of 16, whose values stand place by place (u8[places][16]):
 * one vector has those of all rows. A tree is a line of words: its depth (u32), the
 * address of its leaves' values (u32, f64[2 ** depth][nOutputs]), and for each split
 * the bytes of its place (u32) and the last value of its bit 0 (u32).
 */

const LANES: usize = 16;
/** The leaves of a block's rows, u16[16]. */
const leaves: usize = memory.data(32, 16);

/** A place of a row. */
@unmanaged
class Place {
  /** The bytes from a row's first value to that of its column. */
  column: u32;
  /** f32[nBorders], rising, the unused ones Infinity. */
  borders: u32;
  /** A power of two less 1, at most 255. */
  nBorders: u32;
  /** The number for NaN. */
  missing: u32;
}

/**
 * Writes the places of rows, block by block: how many borders of a place are below
 * the value of its column. More than 255 borders of a column are in several places.
 *
 * @param x f32[nRows][stride / 4]
 * @param stride in bytes, from row to row
 * @param list Place[nPlaces]
 * @param places u8[nRows / 16][nPlaces][16], written
 */
export function countBorders(x: usize, stride: usize, nRows: u32, list: usize, nPlaces: u32, places: usize): void {
  for (let first: u32 = 0; first < nRows; first += <u32>LANES) {
    const n = min<usize>(LANES, <usize>(nRows - first));
    for (let i: usize = 0; i < <usize>nPlaces; i++, places += LANES) {
      const place = changetype<Place>(list + i * offsetof<Place>());
      const borders = <usize>place.borders;
      const half = (<usize>place.nBorders + 1) >> 1;
      const missing = place.missing;
      let value = x + <usize>place.column;
      for (let at = places, end = places + n; at < end; at++, value += stride) {
        store<u8>(at, numberOf(load<f32>(value), borders, half, missing));
      }
    }
    x += LANES * stride;
  }
}

@inline
function numberOf(value: f32, borders: usize, half: usize, missing: u32): u32 {
  let count: usize = 0;
  for (let step = half; step > 0; step >>= 1) {
    count += <usize>(load<f32>(borders + ((count + step - 1) << 2)) < value) * step;
  }
  return value == value ? <u32>count : missing;
}

/** Adds the leaves that the first row of a block reaches to its outputs (f64[nOutputs]). */
export function walkObliviousRow(places: usize, trees: usize, nTrees: u32, nOutputs: u32, outputs: usize): void {
  const width = (<usize>nOutputs) << 3;
  for (let tree: u32 = 0; tree < nTrees; tree++) {
    const depth = load<u32>(trees);
    const values = <usize>load<u32>(trees, 4);
    trees += 8;
    let leaf: usize = 0;
    for (let level: u32 = 0; level < depth; level++, trees += 8) {
      leaf |= (<usize>(<u32>load<u8>(places + <usize>load<u32>(trees)) > load<u32>(trees, 4))) << level;
    }
    const from = values + leaf * width;
    for (let output: usize = 0; output < width; output += 8) {
      store<f64>(outputs + output, load<f64>(outputs + output) + load<f64>(from + output));
    }
  }
}

/**
 * Adds the leaves that rows reach to their outputs, block by block through one tree
 * after the other.
 *
 * @param places u8[nBlocks][blockBytes]
 * @param outputs f64[nBlocks][16][nOutputs]
 */
export function walkObliviousBatch(
  places: usize,
  nBlocks: u32,
  blockBytes: usize,
  trees: usize,
  nTrees: u32,
  nOutputs: u32,
  outputs: usize,
): void {
  const width = (<usize>nOutputs) << 3;
  for (let tree: u32 = 0; tree < nTrees; tree++) {
    const depth = load<u32>(trees);
    const values = <usize>load<u32>(trees, 4);
    const splits = trees + 8;
    trees = splits + ((<usize>depth) << 3);
    let out = outputs;
    for (let block = places, end = places + <usize>nBlocks * blockBytes; block < end; block += blockBytes) {
      const low = bitsOf(block, splits, min<u32>(8, depth));
      const high = depth > 8 ? bitsOf(block, splits + 64, depth - 8) : i8x16.splat(0);
      v128.store(leaves, v128.shuffle<i8>(low, high, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23));
      v128.store(leaves, v128.shuffle<i8>(low, high, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), 16);
      for (let lane: usize = 0; lane < LANES; lane++) {
        const from = values + (<usize>load<u16>(leaves + (lane << 1))) * width;
        for (let output: usize = 0; output < width; output += 8, out += 8) {
          store<f64>(out, load<f64>(out) + load<f64>(from + output));
        }
      }
    }
  }
}

/** The bits of up to 8 splits, for all rows of a block. */
@inline
function bitsOf(block: usize, splits: usize, n: u32): v128 {
  let bits = i8x16.splat(0);
  let mask = i8x16.splat(1);
  for (let end = splits + ((<usize>n) << 3); splits < end; splits += 8) {
    const cut = v128.load8_splat(splits, 4);
    const above = i8x16.gt_u(v128.load(block + <usize>load<u32>(splits)), cut);
    bits = v128.or(bits, v128.and(above, mask));
    mask = i8x16.shl(mask, 1);
  }
  return bits;
}
