import { DomainError } from '../errors.js';

const MEBIBYTE = 2 ** 20;

export interface InferenceLimits {
  /** The most models in memory at a time. */
  readonly maxLoadedModels: number;
  /** The most memory of all of them together. */
  readonly maxLoadedBytes: number;
}

/** A model's share of the memory, from before it is loaded until its memory is given back. */
export interface Place {
  readonly bytes: number;
  /**
   * Puts what is known now in the place of an estimate.
   *
   * @throws LOADED_MEMORY_LIMIT_REACHED when that is more than there is room for.
   */
  resize(bytes: number): void;
  /** The model is on its way out: it is no more one of those that are loaded, but its memory is still taken. */
  leave(): void;
  /** It stays after all. */
  stay(): void;
  /** The memory is given back. */
  free(): void;
}

/**
 * Counts the models in memory and what they take there: loaded ones, those on the
 * way in, and those on the way out. Everything here is synchronous: two calls can
 * never both find the last room.
 */
export class InferenceMemory {
  readonly #limits: InferenceLimits;
  readonly #places = new Set<CountedPlace>();

  constructor(limits: InferenceLimits) {
    this.#limits = limits;
  }

  /** Of all models, also of those that come and go. */
  get bytes(): number {
    return sum([...this.#places]);
  }

  /**
   * Takes a place for a model that is about to be loaded.
   *
   * @param bytes an estimate
   * @throws LOADED_MODEL_LIMIT_REACHED, LOADED_MEMORY_LIMIT_REACHED.
   */
  admit(name: string, bytes: number): Place {
    const { maxLoadedModels } = this.#limits;
    if (this.#staying().length >= maxLoadedModels) {
      throw new DomainError(
        'LOADED_MODEL_LIMIT_REACHED',
        `${maxLoadedModels} models are loaded, the most that MAX_INFERENCE_MODELS allows; unload one first`,
      );
    }
    this.#requireRoom(name, bytes, [...this.#places]);
    return this.#enter(name, bytes);
  }

  /**
   * Takes a place for a model that is loaded beside the one that it replaces, which
   * is on its way out from now on. What goes away does not count against it: that
   * both take memory for a while is no reason to refuse it.
   *
   * @throws LOADED_MEMORY_LIMIT_REACHED when it is too large even then; the old one stays.
   */
  admitInstead(name: string, bytes: number, old: Place): Place {
    old.leave();
    try {
      this.#requireRoom(name, bytes, this.#staying());
    } catch (error) {
      old.stay();
      throw error;
    }
    return this.#enter(name, bytes);
  }

  #staying(): CountedPlace[] {
    return [...this.#places].filter(({ isLeaving }) => !isLeaving);
  }

  #enter(name: string, bytes: number): Place {
    const place = new CountedPlace(bytes, {
      // It was let in; what goes away meanwhile is no reason to send it away.
      requireRoom: (size) =>
        this.#requireRoom(
          name,
          size,
          this.#staying().filter((other) => other !== place),
        ),
      free: () => this.#places.delete(place),
    });
    this.#places.add(place);
    return place;
  }

  #requireRoom(name: string, bytes: number, others: readonly CountedPlace[]): void {
    const limit = this.#limits.maxLoadedBytes;
    const taken = sum(others);
    if (taken + bytes <= limit) return;
    const leaving = sum(others.filter(({ isLeaving }) => isLeaving));
    const ofWhich = leaving > 0 ? `, of which ${megabytes(leaving)} are being given back` : '';
    const wayOut = bytes > limit ? '' : 'unload others first, or ';
    throw new DomainError(
      'LOADED_MEMORY_LIMIT_REACHED',
      `the model ${name} would take about ${megabytes(bytes)} in memory; other models take ${megabytes(taken)}${ofWhich}, and MAX_INFERENCE_MEMORY_MB allows ${megabytes(limit)}; ${wayOut}raise MAX_INFERENCE_MEMORY_MB on the server`,
    );
  }
}

class CountedPlace implements Place {
  #bytes: number;
  #isLeaving = false;
  readonly #requireRoom: (bytes: number) => void;
  readonly free: () => void;

  constructor(
    bytes: number,
    { requireRoom, free }: { readonly requireRoom: (bytes: number) => void; readonly free: () => void },
  ) {
    this.#bytes = bytes;
    this.#requireRoom = requireRoom;
    this.free = free;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  resize(bytes: number): void {
    this.#requireRoom(bytes);
    this.#bytes = bytes;
  }

  leave(): void {
    this.#isLeaving = true;
  }

  stay(): void {
    this.#isLeaving = false;
  }
}

function sum(places: readonly CountedPlace[]): number {
  return places.reduce((bytes, place) => bytes + place.bytes, 0);
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / MEBIBYTE)} MB`;
}
