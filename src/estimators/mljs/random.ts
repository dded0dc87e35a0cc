/** 2^32 divided by the golden ratio: added again and again, it visits all 32-bit numbers. */
const GOLDEN_RATIO = 0x9e3779b9;

/**
 * Random numbers that are the same on every machine: `xoshiro128`, its state
 * filled from the seed by MurmurHash3's finaliser.
 */
export class Random {
  readonly #state = new Uint32Array(4);

  /** Draws of different `stream`s under one seed do not depend on each other. */
  constructor(seed: number, stream: number) {
    let hash = scramble(scramble(seed + GOLDEN_RATIO) ^ scramble(stream));
    for (let i = 0; i < 4; i++) {
      hash = (hash + GOLDEN_RATIO) >>> 0;
      this.#state[i] = scramble(hash);
    }
  }

  /** A whole number in [0, 2^32). */
  next(): number {
    return xoshiro128(this.#state);
  }

  /** A whole number in [0, bound), each as likely as the others; `bound` is 1 to 2^32. */
  below(bound: number): number {
    // The numbers above the last multiple of the bound would favour small results.
    const limit = 0x1_0000_0000 - (0x1_0000_0000 % bound);
    for (;;) {
      const drawn = this.next();
      if (drawn < limit) return drawn % bound;
    }
  }
}

/**
 * Advances `state` (4 words, not all 0), and returns a whole number in [0, 2^32):
 * xoshiro128** 1.1 (Blackman and Vigna, "Scrambled Linear Pseudorandom Number
 * Generators", 2021).
 */
export function xoshiro128(state: Uint32Array): number {
  const result = Math.imul(rotate(Math.imul(state[1], 5), 7), 9) >>> 0;
  const shifted = state[1] << 9;
  state[2] ^= state[0];
  state[3] ^= state[1];
  state[1] ^= state[2];
  state[0] ^= state[3];
  state[2] ^= shifted;
  state[3] = rotate(state[3], 11);
  return result;
}

function rotate(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by));
}

function scramble(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
