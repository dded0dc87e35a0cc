type Numbers =
  | Float64Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>;

/** Numbers whose count shows only at the end: kept in chunks, so that none is copied before. */
export class ChunkedArray<A extends Numbers> {
  readonly #Type: new (length: number) => A;
  readonly #full: A[] = [];
  #chunk: A;
  #used = 0;

  constructor(type: new (length: number) => A) {
    this.#Type = type;
    this.#chunk = new type(256);
  }

  get length(): number {
    return this.#full.reduce((sum, chunk) => sum + chunk.length, this.#used);
  }

  push(value: number): void {
    if (this.#used === this.#chunk.length) {
      this.#full.push(this.#chunk);
      // Doubling at first, then in steps, so that the last chunk wastes little.
      this.#chunk = new this.#Type(Math.min(this.#chunk.length * 2, 65_536));
      this.#used = 0;
    }
    this.#chunk[this.#used++] = value;
  }

  /** Everything as one array; the chunks are let go of while they are copied. */
  take(): A {
    const all = new this.#Type(this.length);
    let at = 0;
    for (let chunk = this.#full.shift(); chunk !== undefined; chunk = this.#full.shift()) {
      all.set(chunk, at);
      at += chunk.length;
    }
    all.set(this.#chunk.subarray(0, this.#used), at);
    this.#used = 0;
    return all;
  }
}
