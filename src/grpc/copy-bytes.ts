import { copyInParts } from '../estimators/in-parts.js';
import { inTurns } from '../model/in-turns.js';
import type { Turns } from '../model/turns.js';

/** Copies bytes that came over the wire, which lie anywhere, to where numbers lie, as many as go there. */
export async function copyBytes(from: Uint8Array, to: ArrayBufferView<ArrayBuffer>, turns: Turns): Promise<void> {
  const bytes = new Uint8Array(to.buffer, to.byteOffset, to.byteLength);
  await inTurns(copyInParts(bytes, from.subarray(0, bytes.length)), turns);
}
