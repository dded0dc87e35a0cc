/*
 * Oblivious trees over numbers of rows, one byte each: how many borders a value is
 * above, less 128, or the bin of a statistic. The numbers of one kind stand row by
 * row. A tree is a line of words: its depth (u32), the address of its leaves' values
 * (u32, f64[2 ** depth][nOutputs]), and for each split, the last one first, the
 * address of the number of row 0 (u32), and in one word the last number of its bit 0
 * (i8) and what the bits of a number are flipped by first (u8).
 */

const LANES: usize = 16;
/** The rows whose values stay in the cache while one column after the other is looked at; a multiple of 4. */
const ROWS: usize = 64;
/** The trees that are walked while the sums of some rows are at hand. */
const TREES: u32 = 16;
/** The leaves of 16 rows, u16. */
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
 * column, less 128. More than 255 borders of a column are in several places.
 *
 * @param x f32[nRows][stride / 4], and 3 rows more that may be anything
 * @param stride in bytes, from row to row
 * @param list Place[nPlaces]
 * @param places u8[nPlaces][pitch], written; pitch is at least nRows, filled up to a multiple of 4
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
  for (let first: usize = 0; first < <usize>nRows; first += ROWS) {
    const n = min(ROWS, <usize>nRows - first);
    for (let i: usize = 0; i < <usize>nPlaces; i++) {
      countPlace(x, stride, n, changetype<Place>(list + i * offsetof<Place>()), places + i * pitch + first);
    }
    x += n * stride;
  }
}

function countPlace(x: usize, stride: usize, nRows: usize, place: Place, places: usize): void {
  const borders = <usize>place.borders;
  const half = (<usize>place.nBorders + 1) << 1;
  const missing = place.missing;
  let value = x + <usize>place.column;
  // Four rows at a time, so that none waits for the borders of another one.
  for (let end = places + nRows; places < end; places += 4) {
    const v0 = load<f32>(value);
    const v1 = load<f32>(value + stride);
    const v2 = load<f32>(value + 2 * stride);
    const v3 = load<f32>(value + 3 * stride);
    value += 4 * stride;
    let b0 = borders;
    let b1 = borders;
    let b2 = borders;
    let b3 = borders;
    for (let step = half; step > 2; step >>= 1) {
      b0 = above(b0, step, v0);
      b1 = above(b1, step, v1);
      b2 = above(b2, step, v2);
      b3 = above(b3, step, v3);
    }
    store<u8>(places, numberOf(b0 - borders, v0, missing));
    store<u8>(places, numberOf(b1 - borders, v1, missing), 1);
    store<u8>(places, numberOf(b2 - borders, v2, missing), 2);
    store<u8>(places, numberOf(b3 - borders, v3, missing), 3);
  }
}

/** Steps over as many bytes of borders if the last of them is below the value. */
@inline
function above(border: usize, step: usize, value: f32): usize {
  // Without a branch, which could not be foreseen.
  return select(border + step, border, load<f32>(border + step - 4) < value);
}

@inline
function numberOf(bytes: usize, value: f32, missing: u32): u32 {
  return select(<u32>(bytes >> 2), missing, value == value) ^ 0x80;
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
      const number = <i32>load<i8>(<usize>load<u32>(trees)) ^ <i32>load<i8>(trees, 5);
      leaf = (leaf << 1) | <usize>(number > <i32>load<i8>(trees, 4));
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
 * @param flips whether a split flips any bits
 * @param mostDepth the depth of the deepest tree
 * @param outputs f64[nBlocks][16][nOutputs]
 */
export function walkObliviousBatch(
  nBlocks: u32,
  trees: usize,
  nTrees: u32,
  flips: bool,
  mostDepth: u32,
  nOutputs: u32,
  outputs: usize,
): void {
  const isPlain = nOutputs == 1 && mostDepth <= 8;
  for (let first: u32 = 0; first < nTrees; first += TREES) {
    const n = min(TREES, nTrees - first);
    let next = trees;
    for (let block: usize = 0; block < <usize>nBlocks; block++) {
      const row = block * LANES;
      const out = outputs + ((row * <usize>nOutputs) << 3);
      if (!isPlain) next = walkMany(row, trees, n, nOutputs, out);
      else if (flips) next = walkSingle(true, row, trees, n, out);
      else next = walkSingle(false, row, trees, n, out);
    }
    trees = next;
  }
}

/**
 * Walks some trees of one output, of at most 8 splits, with 16 rows, the first of
 * which is `row`, and returns where the trees end. It is written out for both kinds,
 * since `flips` is a constant.
 */
@inline
function walkSingle(flips: bool, row: usize, trees: usize, nTrees: u32, out: usize): usize {
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
    const splits = trees + 8;
    trees = splits + ((<usize>load<u32>(trees)) << 3);
    const leaves = bitsOf(flips, row, splits, trees);
    const low = i64x2.extract_lane(leaves, 0);
    const high = i64x2.extract_lane(leaves, 1);
    s0 = f64x2.add(s0, pairAt(values, low << 3, low >> 5));
    s1 = f64x2.add(s1, pairAt(values, low >> 13, low >> 21));
    s2 = f64x2.add(s2, pairAt(values, low >> 29, low >> 37));
    s3 = f64x2.add(s3, pairAt(values, low >> 45, low >> 53));
    s4 = f64x2.add(s4, pairAt(values, high << 3, high >> 5));
    s5 = f64x2.add(s5, pairAt(values, high >> 13, high >> 21));
    s6 = f64x2.add(s6, pairAt(values, high >> 29, high >> 37));
    s7 = f64x2.add(s7, pairAt(values, high >> 45, high >> 53));
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

/** The values of the leaves of two rows, whose numbers times 8, the bytes of a value, are bits 3 to 10. */
@inline
function pairAt(values: usize, first: u64, second: u64): v128 {
  const value = v128.load64_zero(values + <usize>(first & 0x7f8));
  return v128.load64_lane(values + <usize>(second & 0x7f8), value, 1);
}

/** Walks some trees with 16 rows, the first of which is `row`, and returns where the trees end. */
@inline
function walkMany(row: usize, trees: usize, nTrees: u32, nOutputs: u32, outputs: usize): usize {
  const width = (<usize>nOutputs) << 3;
  for (let tree: u32 = 0; tree < nTrees; tree++) {
    const depth = load<u32>(trees);
    const values = <usize>load<u32>(trees, 4);
    const splits = trees + 8;
    trees = splits + ((<usize>depth) << 3);
    // The last eight splits come last in the line: they make the lower bytes.
    const middle = depth > 8 ? trees - 64 : splits;
    const low = bitsOf(true, row, middle, trees);
    const high = bitsOf(true, row, splits, middle);
    v128.store(leaves, v128.shuffle<i8>(low, high, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23));
    v128.store(leaves, v128.shuffle<i8>(low, high, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), 16);
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

/** The bits of up to 8 splits, the highest one first, for 16 rows. */
@inline
function bitsOf(flips: bool, row: usize, splits: usize, end: usize): v128 {
  let bits = i8x16.splat(0);
  for (; splits < end; splits += 8) {
    let numbers = v128.load(<usize>load<u32>(splits) + row);
    if (flips) numbers = v128.xor(numbers, v128.load8_splat(splits, 5));
    // What is above is -1.
    bits = i8x16.sub(i8x16.add(bits, bits), i8x16.gt_s(numbers, v128.load8_splat(splits, 4)));
  }
  return bits;
}
