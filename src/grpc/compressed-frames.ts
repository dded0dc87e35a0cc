import { FRAME_BYTES } from './frame-bytes.js';

/** To how many bytes one can grow that was compressed by deflate or gzip. */
const MOST_INFLATED = 1032;

/**
 * What the messages of a compressed call may have grown to, message by message, told
 * from their frames on the wire: each is inflated before anyone sees it, and waits
 * as large as it is then.
 */
export class CompressedFrames {
  readonly #maxMessageBytes: number;
  /** Of each message that was not taken away yet, in the order in which they came. */
  readonly #sizes: number[] = [];
  #header = 0;
  #isCompressed = false;
  #length = 0;
  /** What is still to come of the last message. */
  #left = 0;

  /** @param maxMessageBytes to how much a message may grow */
  constructor(maxMessageBytes: number) {
    this.#maxMessageBytes = maxMessageBytes;
  }

  /** By how much the messages may have grown with a chunk off the wire. */
  received(chunk: Uint8Array): number {
    let grown = 0;
    for (let at = 0; at < chunk.byteLength;) {
      if (this.#left === 0) {
        this.#readHeader(chunk[at++]);
        continue;
      }
      const bytes = Math.min(this.#left, chunk.byteLength - at);
      at += bytes;
      this.#left -= bytes;
      const last = this.#sizes.length - 1;
      const before = this.#sizes[last];
      this.#sizes[last] = Math.min(this.#maxMessageBytes, before + bytes * (this.#isCompressed ? MOST_INFLATED : 1));
      grown += this.#sizes[last] - before;
    }
    return grown;
  }

  /** Takes the first message away, and returns what it may have grown to. */
  take(): number {
    return this.#sizes.shift() ?? 0;
  }

  #readHeader(byte: number): void {
    if (this.#header === 0) this.#isCompressed = byte !== 0;
    else this.#length = this.#length * 256 + byte;
    if (++this.#header < FRAME_BYTES) return;
    this.#sizes.push(0);
    this.#left = this.#length;
    this.#header = this.#length = 0;
  }
}
