export const GOLDEN_RATIO: u64 = 0x9e3779b97f4a7c15;

/** A stream of random numbers: SplitMix64 (Steele, Lea and Flood, 2014), whose state is one word. */
@unmanaged
export class Random {
  state: u64;

  next(): u64 {
    this.state += GOLDEN_RATIO;
    return scramble(this.state);
  }

  /** A whole number in [0, bound); no result is likelier than another by more than bound / 2^32 of itself. */
  below(bound: u32): u32 {
    return <u32>(((this.next() >> 32) * bound) >> 32);
  }

  /** A multiple of 2^-53 in [0, 1). */
  fraction(): f64 {
    return <f64>(this.next() >> 11) * (1.0 / 9007199254740992.0);
  }
}

/** Starts the stream at `random`, 8 bytes; different streams under one seed do not depend on each other. */
export function seedRandom(random: Random, seed: u32, stream: u32): void {
  random.state = scramble(scramble(<u64>seed + GOLDEN_RATIO) ^ (<u64>stream));
}

export function scramble(word: u64): u64 {
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9;
  word = (word ^ (word >> 27)) * 0x94d049bb133111eb;
  return word ^ (word >> 31);
}
