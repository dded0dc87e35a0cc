/**
 * Random numbers that are the same on every machine: xoshiro128**
 * (Blackman and Vigna, "Scrambled Linear Pseudorandom Number Generators", 2021,
 * section 4.6), its state filled from the seed by MurmurHash3's finaliser.
 */
export class Random {
  readonly #state = new Uint32Array(4);

  /** Draws of different `stream`s under one seed do not depend on each other. */
  constructor(seed: number, stream: number) {
    let hash = scramble(seed);
    hash = scramble(hash ^ scramble(stream + 0x9e3779b9));
    for (let i = 0; i < 4; i++) {
      hash = (hash + 0x9e3779b9) >>> 0;
      this.#state[i] = scramble(hash);
    }
  }

  /** A whole number in [0, 2^32). */
  next(): number {
    const s = this.#state;
    const result = Math.imul(rotate(Math.imul(s[1], 5), 7), 9) >>> 0;
    const shifted = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate(s[3], 11);
    return result;
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

function rotate(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by));
}

function scramble(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
