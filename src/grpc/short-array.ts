/** How many numbers share a buffer. */
const SLAB = 8192;
/** Longer arrays have a buffer of their own. */
const SHORT = 512;

let slab = new Float64Array(SLAB);
let used = 0;

/**
 * So many zeros. Short arrays share buffers, as Node's short Buffers do: one of its
 * own takes longer to make, and to collect, than a small prediction.
 */
export function shortArray(length: number): Float64Array<ArrayBuffer> {
  if (length > SHORT) return new Float64Array(length);
  if (used + length > SLAB) {
    slab = new Float64Array(SLAB);
    used = 0;
  }
  const from = used;
  used += length;
  return slab.subarray(from, used);
}
