/*
 * Which of 256 bins occur among a node's rows, as a byte each: to set a byte
 * waits for no earlier row, as to set a bit would.
 */

/** The bytes of the flags. */
export const FLAG_BYTES: usize = 256;

/** Lists the bins whose flag is set, rising, as bytes at `list`, clears the flags, and returns how many there are. */
export function takeOccupied(flags: usize, list: usize): u32 {
  const none = i64x2.splat(0);
  let at = list;
  for (let base: usize = 0; base < FLAG_BYTES; base += 64) {
    const chunk = flags + base;
    let bits: u64 = flagBits(chunk);
    bits |= flagBits(chunk + 16) << 16;
    bits |= flagBits(chunk + 32) << 32;
    bits |= flagBits(chunk + 48) << 48;
    if (bits == 0) continue;
    v128.store(chunk, none);
    v128.store(chunk, none, 16);
    v128.store(chunk, none, 32);
    v128.store(chunk, none, 48);
    while (bits != 0) {
      store<u8>(at++, base + <usize>ctz(bits));
      bits &= bits - 1;
    }
  }
  return <u32>(at - list);
}

/** One bit for each of 16 flags, which are 0 or 0x80. */
function flagBits(flags: usize): u64 {
  return <u64>(<u32>i8x16.bitmask(v128.load(flags)));
}

/** The flag of a bin that occurs. */
export const SET: u8 = 0x80;
