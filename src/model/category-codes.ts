/** Tables of more entries take milliseconds to grow. */
const MOST_ENTRIES = 8192;
/** So many of a string's first, and of its last characters say which table it is in. */
const TOLD_BY = 8;
/** 2^32 over the golden ratio: the products of near numbers are far from each other. */
const MULTIPLIER = 0x9e37_79b1;

/** The bytes of an entry in a table, half of which may be free, and those of a string beside its text, as measured. */
const ENTRY_BYTES = 40;
const STRING_BYTES = 20;

/**
 * The numbers of a feature's categories. It is a map in several tables, since one
 * with a million entries keeps the thread for 50 ms when it grows.
 */
export class CategoryCodes {
  readonly #tables: readonly Map<string | number, number>[];
  #size = 0;
  #memoryBytes = 0;

  /** @param n how many there will be */
  constructor(n: number) {
    let nTables = 1;
    while (n > nTables * MOST_ENTRIES) nTables *= 2;
    this.#tables = Array.from({ length: nTables }, () => new Map());
  }

  get size(): number {
    return this.#size;
  }

  /** An estimate of what it takes. */
  get memoryBytes(): number {
    return this.#memoryBytes;
  }

  /** Enters a category; returns whether it was not there yet. */
  add(category: string | number): boolean {
    const table = this.#tableOf(category);
    if (table.has(category)) return false;
    table.set(category, this.#size++);
    this.#memoryBytes += ENTRY_BYTES + (typeof category === 'string' ? STRING_BYTES + category.length : 0);
    return true;
  }

  /** How many were entered before it; undefined where it was not. */
  get(category: string | number): number | undefined {
    return this.#tableOf(category).get(category);
  }

  #tableOf(category: string | number): Map<string | number, number> {
    const tables = this.#tables;
    return tables.length === 1 ? tables[0] : tables[hashOf(category) & (tables.length - 1)];
  }
}

function hashOf(category: string | number): number {
  let hash = 0;
  if (typeof category === 'number') {
    // Both halves of its bits: codes may well be multiples of something.
    hash = Math.imul(category | 0, MULTIPLIER) ^ Math.imul(Math.floor(category / 2 ** 32), MULTIPLIER);
  } else {
    const { length } = category;
    for (let i = 0; i < length && i < TOLD_BY; i++) hash = Math.imul(hash ^ category.charCodeAt(i), MULTIPLIER);
    for (let i = Math.max(TOLD_BY, length - TOLD_BY); i < length; i++) {
      hash = Math.imul(hash ^ category.charCodeAt(i), MULTIPLIER);
    }
  }
  return hash ^ (hash >>> 16);
}
