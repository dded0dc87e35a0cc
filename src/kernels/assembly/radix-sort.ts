const DIGITS: usize = 8;
const SIGN: u64 = 0x8000_0000_0000_0000;

/** How often each value of each of the 8 bytes occurs: u32[8][256]. */
const counts: usize = memory.data(8192, 16);

/**
 * Sorts numbers (f64[n], no NaN), rising, byte by byte from the lowest one; bytes
 * that all have in common cost nothing.
 *
 * @param spare f64[n]
 */
export function sortNumbers(values: usize, n: u32, spare: usize): void {
  const bytes = (<usize>n) << 3;
  memory.fill(counts, 0, DIGITS << 10);
  for (let at = values, end = values + bytes; at < end; at += 8) {
    const key = keyOf(load<u64>(at));
    store<u64>(at, key);
    for (let digit: usize = 0; digit < DIGITS; digit++) {
      const count = counts + (digit << 10) + ((<usize>(key >> (<u64>digit << 3)) & 255) << 2);
      store<u32>(count, load<u32>(count) + 1);
    }
  }
  let from = values;
  let to = spare;
  for (let digit: usize = 0; digit < DIGITS; digit++) {
    const table = counts + (digit << 10);
    const shift = (<u64>digit) << 3;
    if (n > 0 && load<u32>(table + ((<usize>(load<u64>(from) >> shift) & 255) << 2)) == n) continue;
    // From counts to the addresses of the first of each.
    let next = <u32>to;
    for (let value: usize = 0; value < 1024; value += 4) {
      const count = load<u32>(table + value);
      store<u32>(table + value, next);
      next += count << 3;
    }
    for (let at = from, end = from + bytes; at < end; at += 8) {
      const key = load<u64>(at);
      const place = table + ((<usize>(key >> shift) & 255) << 2);
      const address = load<u32>(place);
      store<u32>(place, address + 8);
      store<u64>(<usize>address, key);
    }
    const sorted = to;
    to = from;
    from = sorted;
  }
  for (let i: usize = 0; i < bytes; i += 8) store<u64>(values + i, numberOf(load<u64>(from + i)));
}

/** Bits that have the order of the numbers: of a negative one all are flipped, else the sign only. */
@inline
function keyOf(bits: u64): u64 {
  return bits ^ (<u64>((<i64>bits) >> 63) | SIGN);
}

@inline
function numberOf(key: u64): u64 {
  return key ^ (<u64>((<i64>~key) >> 63) | SIGN);
}

/**
 * Brings the distinct ones of sorted numbers (f64[n]) to the front, and returns
 * how many they are.
 *
 * @param lengths u32[n], how often each occurs
 */
export function countDistinct(values: usize, n: u32, lengths: usize): u32 {
  if (n == 0) return 0;
  let last = values;
  let length: u32 = 1;
  for (let at = values + 8, end = values + ((<usize>n) << 3); at < end; at += 8) {
    const value = load<f64>(at);
    if (value == load<f64>(last)) {
      length++;
      continue;
    }
    store<u32>(lengths, length);
    lengths += 4;
    length = 1;
    last += 8;
    store<f64>(last, value);
  }
  store<u32>(lengths, length);
  return <u32>((last - values) >> 3) + 1;
}
