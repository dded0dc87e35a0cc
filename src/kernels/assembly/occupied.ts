/**
 * Lists the bins that are marked in the 256 bits at `marks`, rising, as bytes at
 * `list`; returns how many they are.
 */
export function listMarked(marks: usize, list: usize): u32 {
  let at = list;
  for (let word: usize = 0; word < 4; word++) {
    let bits = load<u64>(marks + (word << 3));
    while (bits != 0) {
      store<u8>(at++, (word << 6) + <usize>ctz(bits));
      bits &= bits - 1;
    }
  }
  return <u32>(at - list);
}

/** Lists the bins whose sum (u64[256] at `sums`) is not 0, in the same way. */
export function listNonZero(sums: usize, list: usize): u32 {
  let at = list;
  for (let bin: usize = 0; bin < 256; bin++) {
    store<u8>(at, bin);
    at += <usize>(load<u64>(sums + (bin << 3)) != 0);
  }
  return <u32>(at - list);
}

/** Clears 256 bits; a call of memory.fill would take longer. */
export function clearMarks(marks: usize): void {
  store<u64>(marks, 0);
  store<u64>(marks, 0, 8);
  store<u64>(marks, 0, 16);
  store<u64>(marks, 0, 24);
}

export function mark(marks: usize, bin: usize): void {
  const word = marks + ((bin >> 6) << 3);
  store<u64>(word, load<u64>(word) | ((<u64>1) << (bin & 63)));
}
