import type { Turns } from '../model/turns.js';

/** Of what is copied in one step, in bytes. */
const STEP_BYTES = 2 ** 20;

/** Copies bytes that came over the wire, which lie anywhere, to where numbers lie. */
export async function copyBytes(from: Uint8Array, to: ArrayBufferView<ArrayBuffer>, turns: Turns): Promise<void> {
  const bytes = new Uint8Array(to.buffer, to.byteOffset, to.byteLength);
  for (let at = 0; at < bytes.length; at += STEP_BYTES) {
    bytes.set(from.subarray(at, Math.min(at + STEP_BYTES, bytes.length)), at);
    if (turns.isOver) await turns.next();
  }
}
