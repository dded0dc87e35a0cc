import { type Placed, Workspace } from '../../../kernels/workspace.js';

/** A few equal pieces of memory for what can be made again: the one that nobody asked for the longest is used next. */
export class SlotCache {
  readonly #memory: Placed<Uint8Array>;
  readonly #slotBytes: number;
  readonly #free: number[];
  /** The addresses by key, in the order in which they were last asked for. */
  readonly #slots = new Map<string, number>();

  static bytes(nSlots: number, slotBytes: number): number {
    return nSlots * Workspace.sizeOf(slotBytes, 1);
  }

  constructor(workspace: Workspace, nSlots: number, slotBytes: number) {
    this.#slotBytes = Workspace.sizeOf(slotBytes, 1);
    this.#memory = workspace.u8(nSlots * this.#slotBytes);
    this.#free = Array.from(
      { length: nSlots },
      (_, slot) => this.#memory.address + slot * this.#slotBytes,
    ).toReversed();
  }

  has(key: string): boolean {
    return this.#slots.has(key);
  }

  /** The address of what is kept under `key`. */
  find(key: string): number | undefined {
    const address = this.#slots.get(key);
    if (address === undefined) return undefined;
    this.#slots.delete(key);
    this.#slots.set(key, address);
    return address;
  }

  /** The address of a slot to fill for `key`; what was in it is forgotten. */
  take(key: string): number {
    const address = this.find(key) ?? this.#free.pop() ?? this.#forget();
    this.#slots.set(key, address);
    return address;
  }

  #forget(): number {
    for (const [key, address] of this.#slots) {
      this.#slots.delete(key);
      return address;
    }
    throw new RangeError('a cache without slots');
  }
}

/** As many slots as fit into so many bytes, but at least `least`. */
export function slotsWithin(bytes: number, slotBytes: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, Math.floor(bytes / Math.max(1, slotBytes))));
}
