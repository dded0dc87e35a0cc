const MASK = (1n << 64n) - 1n;

/** SplitMix64, as its authors write it. */
export function splitMix(start: bigint): () => bigint {
  let at = start;
  return () => {
    at = (at + 0x9e3779b97f4a7c15n) & MASK;
    return scramble(at);
  };
}

/** The numbers of a stream, as the kernels seed it. */
export function streamOf(seed: number, stream: number): () => bigint {
  return splitMix(scramble(scramble((BigInt(seed) + 0x9e3779b97f4a7c15n) & MASK) ^ BigInt(stream)));
}

function scramble(word: bigint): bigint {
  let mixed = ((word ^ (word >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
  mixed = ((mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn) & MASK;
  return mixed ^ (mixed >> 31n);
}
