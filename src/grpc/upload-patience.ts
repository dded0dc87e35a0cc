/** What a client has to send or to take over time, in bytes a second. */
const LEAST_RATE = 1024;

/** How long so many bytes may take, in milliseconds. */
export function worthMs(bytes: number): number {
  return (bytes / LEAST_RATE) * 1000;
}

/**
 * How long the server still waits for the next message of an upload, which keeps a
 * name and a training slot: as long as its messages are no more than `limitMs`
 * behind LEAST_RATE. A pause is made up for by what comes after it; bytes ahead of
 * that rate buy no longer pause. The time that the server takes itself is not counted.
 */
export class UploadPatience {
  readonly #limitMs: number;
  #leftMs: number;

  constructor(limitMs: number) {
    this.#limitMs = this.#leftMs = limitMs;
  }

  get leftMs(): number {
    return this.#leftMs;
  }

  /** Whether the upload is far behind, as it is only by more than one slow message. */
  get isStrained(): boolean {
    return this.#leftMs < this.#limitMs / 2;
  }

  /** A message of `bytes` has come, for which the server waited `ms`. */
  spend(ms: number, bytes: number): void {
    this.#leftMs = Math.min(this.#limitMs, Math.max(0, this.#leftMs - ms) + worthMs(bytes));
  }
}
