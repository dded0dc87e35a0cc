/**
 * A Map by number for what comes and goes with every call.
 *
 * V8's own Map and Set move to a new table every few insertions. The old table
 * then refers to the new one, and still to all that was in it. Once such a table
 * has lived long enough to be collected rarely, so does every later one that hangs
 * on it, each with the calls of its time: of a busy connection a third of all calls
 * outlived the collection of young objects, which took five times as long, and the
 * heap was collected whole every second. The elements of an object are moved as
 * well, but nothing leads from the old ones to the new.
 *
 * As in an object, keys are visited in ascending order; those that are removed
 * meanwhile may be visited all the same. All that a Map has is here, since nothing
 * may see the empty one below.
 */
export class LiveTable<T> extends Map<number, T> {
  #elements: Record<number, T> = {};
  #size = 0;
  #last = 0;

  /** Puts a value under the next number, from 1, and returns that; for a table whose keys mean nothing else. */
  add(value: T): number {
    this.set(++this.#last, value);
    return this.#last;
  }

  override get size(): number {
    return this.#size;
  }

  override has(key: number): boolean {
    return key in this.#elements;
  }

  override get(key: number): T | undefined {
    return this.#elements[key];
  }

  override set(key: number, value: T): this {
    if (!this.has(key)) this.#size++;
    this.#elements[key] = value;
    return this;
  }

  override delete(key: number): boolean {
    if (!this.has(key)) return false;
    // oxlint-disable-next-line typescript/no-dynamic-delete -- this is what it is for
    delete this.#elements[key];
    this.#size--;
    return true;
  }

  override clear(): void {
    this.#elements = {};
    this.#size = 0;
  }

  override forEach(visit: (value: T, key: number, table: Map<number, T>) => void, thisArg?: unknown): void {
    for (const [key, value] of this.entries()) visit.call(thisArg, value, key, this);
  }

  override keys(): MapIterator<number> {
    return Object.keys(this.#elements).map(Number).values();
  }

  override values(): MapIterator<T> {
    return Object.values(this.#elements).values();
  }

  override entries(): MapIterator<[number, T]> {
    return Object.entries(this.#elements)
      .map(([key, value]): [number, T] => [Number(key), value])
      .values();
  }

  override [Symbol.iterator](): MapIterator<[number, T]> {
    return this.entries();
  }
}
