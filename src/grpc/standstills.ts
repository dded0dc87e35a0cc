import { DomainError } from '../errors.js';
import { LiveTable } from '../live-table.js';

/** How long the server waits for a client of which nothing moves, in milliseconds. */
export const STANDSTILL_MS = 60_000;

/** A call that takes some of a memory that all calls share. */
export interface WatchedCall {
  /** Whether the server works for it, so that nothing of it can move. */
  readonly isAtWork: boolean;
  /** When something of it was received or taken last, in `performance.now()`; less the more slowly it comes. */
  readonly movedAt: number;
  /** Ends it, so that what it takes comes back at once. */
  endEarly(error: DomainError): void;
}

/**
 * Watches calls, to end those that stand still: whose client neither sends the
 * rest of its message nor takes its answer, alive as it may be.
 *
 * They are looked at when memory is short, and not before: then no call needs a
 * timer, and one that is in nobody's way may take its time.
 */
export class Standstills {
  readonly #limitMs: number;
  readonly #calls = new LiveTable<WatchedCall>();
  /** Before this time none can have stood still for too long. */
  #nextLook = 0;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /** Watches a call; the number is for `unwatch`. */
  watch(call: WatchedCall): number {
    return this.#calls.add(call);
  }

  unwatch(watch: number): void {
    this.#calls.delete(watch);
  }

  /** Ends the calls that have stood still for too long; whether there were any. */
  end(): boolean {
    const now = performance.now();
    if (now < this.#nextLook) return false;
    let earliest = now;
    let areFound = false;
    for (const call of this.#calls.values()) {
      const movedAt = call.isAtWork ? now : call.movedAt;
      if (now - movedAt > this.#limitMs) {
        areFound = true;
        call.endEarly(stoodStill(this.#limitMs));
      } else earliest = Math.min(earliest, movedAt);
    }
    this.#nextLook = earliest + this.#limitMs;
    return areFound;
  }
}

function stoodStill(limitMs: number): DomainError {
  return new DomainError(
    'DEADLINE_EXCEEDED',
    `the call stood still: for ${limitMs / 1000} s its client sent nothing of its message, or took nothing of its answer, or did so too slowly, and others need the memory`,
  );
}
