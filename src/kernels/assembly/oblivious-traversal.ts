/*
 * Oblivious trees over numbers of rows, one byte each: how many borders a value is
 * above, or the bin of a statistic. The numbers of one kind stand row by row. A tree
 * is a line of words: its depth (u32), the address of its leaves' values (u32,
 * f64[2 ** depth][nOutputs]), and for each split the address of the number of row 0
 * (u32), and in one word the last number of its bit 0 (u8) and what the bits of a
 * number are flipped by first (u8).
 */

const LANES: usize = 16;
/** The trees that are walked while the sums of some rows are at hand. */
const TREES: u32 = 16;
/** The leaves of some rows, u16[16]. */
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
 * Writes the places of rows: how many borders of a place are below the value of its
 * column. More than 255 borders of a column are in several places.
 *
 * @param x f32[nRows][stride / 4]
 * @param stride in bytes, from row to row
 * @param list Place[nPlaces]
 * @param places u8[nPlaces][pitch], written
 */
export function countBorders(
  x: usize,
  stride: usize,
  nRows: u32,
  list: usize,
  nPlaces: u32,
  places: usize,
  pitch: usize,
): void {
  for (let i: usize = 0; i < <usize>nPlaces; i++, places += pitch) {
    const place = changetype<Place>(list + i * offsetof<Place>());
    const borders = <usize>place.borders;
    const half = (<usize>place.nBorders + 1) >> 1;
    const missing = place.missing;
    let value = x + <usize>place.column;
    for (let at = places, end = places + <usize>nRows; at < end; at++, value += stride) {
      store<u8>(at, numberOf(load<f32>(value), borders, half, missing));
    }
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

/** Adds the leaves that row 0 reaches to its outputs (f64[nOutputs]). */
export function walkObliviousRow(trees: usize, nTrees: u32, nOutputs: u32, outputs: usize): void {
  const width = (<usize>nOutputs) << 3;
  for (let tree: u32 = 0; tree < nTrees; tree++) {
    const depth = load<u32>(trees);
    const values = <usize>load<u32>(trees, 4);
    trees += 8;
    let leaf: usize = 0;
    for (let level: u32 = 0; level < depth; level++, trees += 8) {
      const number = <u32>load<u8>(<usize>load<u32>(trees)) ^ <u32>load<u8>(trees, 5);
      leaf |= (<usize>(number > <u32>load<u8>(trees, 4))) << level;
    }
    const from = values + leaf * width;
    for (let output: usize = 0; output < width; output += 8) {
      store<f64>(outputs + output, load<f64>(outputs + output) + load<f64>(from + output));
    }
  }
}

/**
 * Adds the leaves that rows reach, some trees at a time.
 *
 * @param nBlocks of 16 rows
 * @param outputs f64[nBlocks][16][nOutputs]
 */
export function walkObliviousBatch(nBlocks: u32, trees: usize, nTrees: u32, nOutputs: u32, outputs: usize): void {
  for (let first: u32 = 0; first < nTrees; first += TREES) {
    const n = min(TREES, nTrees - first);
    let next = trees;
    for (let block: usize = 0; block < <usize>nBlocks; block++) {
      const out = outputs + ((block * LANES * <usize>nOutputs) << 3);
      next = nOutputs == 1 ? walkSingle(block * LANES, trees, n, out) : walkMany(block * LANES, trees, n, nOutputs, out);
    }
    trees = next;
  }
}

/** Walks some trees of one output with 16 rows, the first of which is `row`, and returns where the trees end. */
@inline
function walkSingle(row: usize, trees: usize, nTrees: u32, out: usize): usize {
  let s0 = v128.load(out);
  let s1 = v128.load(out, 16);
  let s2 = v128.load(out, 32);
  let s3 = v128.load(out, 48);
  let s4 = v128.load(out, 64);
  let s5 = v128.load(out, 80);
  let s6 = v128.load(out, 96);
  let s7 = v128.load(out, 112);
  for (let tree: u32 = 0; tree < nTrees; tree++) {
    const values = <usize>load<u32>(trees, 4);
    trees = findLeaves(row, trees);
    s0 = f64x2.add(s0, pairAt(values, leaves));
    s1 = f64x2.add(s1, pairAt(values, leaves + 4));
    s2 = f64x2.add(s2, pairAt(values, leaves + 8));
    s3 = f64x2.add(s3, pairAt(values, leaves + 12));
    s4 = f64x2.add(s4, pairAt(values, leaves + 16));
    s5 = f64x2.add(s5, pairAt(values, leaves + 20));
    s6 = f64x2.add(s6, pairAt(values, leaves + 24));
    s7 = f64x2.add(s7, pairAt(values, leaves + 28));
  }
  v128.store(out, s0);
  v128.store(out, s1, 16);
  v128.store(out, s2, 32);
  v128.store(out, s3, 48);
  v128.store(out, s4, 64);
  v128.store(out, s5, 80);
  v128.store(out, s6, 96);
  v128.store(out, s7, 112);
  return trees;
}

/** The values of the leaves of two rows. */
@inline
function pairAt(values: usize, at: usize): v128 {
  const both = load<u32>(at);
  const first = v128.load64_zero(values + ((<usize>(both & 0xffff)) << 3));
  return v128.load64_lane(values + ((<usize>(both >> 16)) << 3), first, 1);
}

@inline
function walkMany(row: usize, trees: usize, nTrees: u32, nOutputs: u32, outputs: usize): usize {
  const width = (<usize>nOutputs) << 3;
  for (let tree: u32 = 0; tree < nTrees; tree++) {
    const values = <usize>load<u32>(trees, 4);
    trees = findLeaves(row, trees);
    let out = outputs;
    for (let lane: usize = 0; lane < LANES; lane++) {
      const from = values + <usize>load<u16>(leaves + (lane << 1)) * width;
      for (let output: usize = 0; output < width; output += 8, out += 8) {
        store<f64>(out, load<f64>(out) + load<f64>(from + output));
      }
    }
  }
  return trees;
}

/** Writes the leaves of 16 rows in the tree at `tree`, and returns where the next one is. */
@inline
function findLeaves(row: usize, tree: usize): usize {
  const depth = load<u32>(tree);
  const splits = tree + 8;
  const low = bitsOf(row, splits, min<u32>(8, depth));
  const high = depth > 8 ? bitsOf(row, splits + 64, depth - 8) : i8x16.splat(0);
  v128.store(leaves, v128.shuffle<i8>(low, high, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23));
  v128.store(leaves, v128.shuffle<i8>(low, high, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), 16);
  return splits + ((<usize>depth) << 3);
}

/** The bits of up to 8 splits, for 16 rows. */
@inline
function bitsOf(row: usize, splits: usize, n: u32): v128 {
  let bits = i8x16.splat(0);
  let mask = i8x16.splat(1);
  for (let end = splits + ((<usize>n) << 3); splits < end; splits += 8) {
    const numbers = v128.xor(v128.load(<usize>load<u32>(splits) + row), v128.load8_splat(splits, 5));
    const above = i8x16.gt_u(numbers, v128.load8_splat(splits, 4));
    bits = v128.or(bits, v128.and(above, mask));
    mask = i8x16.shl(mask, 1);
  }
  return bits;
}
