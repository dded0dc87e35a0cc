/*
 * Few bytes at a time: the engine calls out for memory.fill and memory.copy,
 * which takes longer than the work itself where a tree's nodes are small.
 */

/** Clears `bytes`, a multiple of 16. */
export function clearBlock(at: usize, bytes: usize): void {
  const none = i64x2.splat(0);
  for (let end = at + bytes; at < end; at += 16) v128.store(at, none);
}

/** Copies `bytes`, a multiple of 4, to a place that they do not overlap. */
export function copyWords(to: usize, from: usize, bytes: usize): void {
  if (bytes >= 256) {
    memory.copy(to, from, bytes);
    return;
  }
  const end = from + bytes;
  for (let wide = end - 12; from < wide; from += 16, to += 16) v128.store(to, v128.load(from));
  for (; from < end; from += 4, to += 4) store<u32>(to, load<u32>(from));
}
