import { GOLDEN_RATIO, scramble } from './random';

/**
 * Computes hashes of tuples (u64[n]). Other salts give other hashes, but to a tuple of zeros: it is 0.
 *
 * @param digits u32[nDigits], the addresses of the u32 that a tuple consists of
 * @param rows u32[n], where in them each tuple is
 */
export function hashTuples(digits: usize, nDigits: u32, rows: usize, n: u32, salt: u32, hashes: usize): void {
  const factor = factorOf(salt);
  const end = digits + ((<usize>nDigits) << 2);
  for (let i: usize = 0; i < <usize>n; i++) {
    const row = (<usize>load<u32>(rows + (i << 2))) << 2;
    let sum: u64 = 0;
    for (let digit = digits; digit < end; digit += 4) {
      sum = joined(sum, load<u32>(<usize>load<u32>(digit) + row), factor);
    }
    store<u64>(hashes + (i << 3), scramble(sum));
  }
}

/** What a digit is counted with: an odd number of many bits. */
@inline
export function factorOf(salt: u32): u64 {
  return scramble(<u64>salt + GOLDEN_RATIO) | 1;
}

/** The sum of the digits of a tuple with one digit more; `scramble` makes a hash of it. */
@inline
export function joined(sum: u64, digit: u32, factor: u64): u64 {
  return (sum + <u64>digit) * factor;
}

/**
 * Lists tuples in the order of their hashes.
 *
 * @param bits at least 1; best so that few tuples have their first `bits` bits in common
 * @param starts u32[2^bits + 1], for its own use
 * @param order u32[n], the result
 */
export function orderTuples(hashes: usize, n: u32, bits: u32, starts: usize, order: usize): void {
  const shift = 64 - <u64>bits;
  memory.fill(starts, 0, ((<usize>1 << bits) + 1) << 2);
  for (let i: usize = 0; i < <usize>n; i++) {
    const start = starts + (<usize>(load<u64>(hashes + (i << 3)) >> shift) << 2);
    store<u32>(start, load<u32>(start, 4) + 1, 4);
  }
  for (let start = starts, end = starts + ((<usize>1 << bits) << 2); start < end; start += 4) {
    store<u32>(start, load<u32>(start) + load<u32>(start, 4), 4);
  }
  for (let i: u32 = 0; i < n; i++) {
    const hash = load<u64>(hashes + ((<usize>i) << 3));
    const start = starts + (<usize>(hash >> shift) << 2);
    // Before the larger ones that came to the same place.
    const first = order + ((<usize>load<u32>(start)) << 2);
    store<u32>(start, load<u32>(start) + 1);
    store<u32>(first, i);
  }
  sortNear(hashes, n, order);
}

/** By insertion: no tuple is far from its place. */
function sortNear(hashes: usize, n: u32, order: usize): void {
  for (let i: usize = 1; i < <usize>n; i++) {
    const tuple = load<u32>(order + (i << 2));
    const hash = load<u64>(hashes + ((<usize>tuple) << 3));
    let at = order + (i << 2);
    for (; at > order; at -= 4) {
      const before = load<u32>(at - 4);
      if (load<u64>(hashes + ((<usize>before) << 3)) <= hash) break;
      store<u32>(at, before);
    }
    store<u32>(at, tuple);
  }
}

/** How many of their first bits two tuples in order have in common, at most. */
export function commonBits(hashes: usize, order: usize, n: u32): u32 {
  let most: u64 = 0;
  for (let i: usize = 1; i < <usize>n; i++) {
    const before = load<u64>(hashes + ((<usize>load<u32>(order + (i << 2) - 4)) << 3));
    const hash = load<u64>(hashes + ((<usize>load<u32>(order + (i << 2))) << 3));
    most = max(most, clz(before ^ hash));
  }
  return <u32>most;
}

/**
 * Writes the tags of tuples in order: of their hashes, the 32 bits behind the first
 * `bits`; and how many tuples have each value of those.
 *
 * @param sizes u8[2^bits]
 * @param tags u32[n]
 * @returns whether none of the sizes is above 255
 */
export function tagTuples(hashes: usize, order: usize, n: u32, bits: u32, sizes: usize, tags: usize): bool {
  memory.fill(sizes, 0, <usize>1 << bits);
  for (let i: usize = 0; i < <usize>n; i++) {
    const hash = load<u64>(hashes + ((<usize>load<u32>(order + (i << 2))) << 3));
    const size = sizes + bucketOf(hash, bits);
    if (load<u8>(size) == 255) return false;
    store<u8>(size, load<u8>(size) + 1);
    store<u32>(tags + (i << 2), tagOf(hash, bits));
  }
  return true;
}

@inline
export function bucketOf(hash: u64, bits: u32): usize {
  return bits == 0 ? 0 : <usize>(hash >> (64 - <u64>bits));
}

@inline
export function tagOf(hash: u64, bits: u32): u32 {
  return <u32>(hash >> (32 - <u64>bits));
}
