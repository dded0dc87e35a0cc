/** What a different string takes beside its characters: on the heap, in the list, and in the table. */
const STRING_BYTES = 96;

/** Numbers for strings, of which the same come again and again: 0 for the first one, and so on. */
export class NumberedStrings {
  readonly #numbers = new Map<string, number>();
  readonly #strings: string[] = [];
  #bytes = 0;

  /** By number. */
  get strings(): readonly string[] {
    return this.#strings;
  }

  /** What they take in memory, about. */
  get bytes(): number {
    return this.#bytes;
  }

  numberOf(value: string): number {
    const known = this.#numbers.get(value);
    if (known !== undefined) return known;
    const number = this.#strings.push(value) - 1;
    this.#numbers.set(value, number);
    this.#bytes += STRING_BYTES + value.length;
    return number;
  }

  /** The first of all that are the same: the others need not be kept. */
  firstOf(value: string): string {
    return this.#strings[this.numberOf(value)];
  }
}
