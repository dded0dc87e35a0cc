import { releaseBuffer } from '../estimators/release-buffer.js';
import { collectYoungGarbage } from '../training/collect-garbage.js';
import { FRAME_BYTES } from './frame-bytes.js';

/** From this size on a message is worth being given back by itself. */
export const LARGE_MESSAGE = 2 ** 16;
/** Larger ones are left to the garbage collector, which frees them on a thread of its own: that takes some time. */
const TOO_LARGE = 2 ** 26;
/**
 * How much of what came off the wire becomes garbage before it is collected, in
 * bytes. In twice as much V8 sees a reason to collect everything by itself, which
 * takes ten times as long.
 */
const GARBAGE = 2 ** 22;

let garbage = 0;

/** Gives back a message that nobody looks at any more: a large one has its memory to itself, which goes at once. */
export function dropMessage({ buffer, byteLength }: Buffer): void {
  const isAlone = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength + FRAME_BYTES;
  if (isAlone && byteLength >= LARGE_MESSAGE && byteLength < TOO_LARGE) releaseBuffer(buffer);
}

/** Collects what messages came off the wire in, of all calls together, once it is much. */
export function countGarbage(bytes: number): void {
  garbage += bytes;
  if (garbage < GARBAGE) return;
  garbage = 0;
  collectYoungGarbage();
}
