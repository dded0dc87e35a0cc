import { writeVarint } from './varint.js';

/** The fields of a PredictStreamResponse of which it has one. */
export const RESPONSE_FIELD = 2;
export const ERROR_FIELD = 3;

const ID_TAG = 1 << 3;
const BYTES_WIRE_TYPE = 2;
/** Of an unsigned integer of 64 bits. */
const MAX_VARINT_BYTES = 10;

/** The bytes of a PredictStreamResponse around the bytes of its response, or of its error: copied once. */
export function encodeStreamAnswer(
  id: bigint,
  field: typeof RESPONSE_FIELD | typeof ERROR_FIELD,
  value: Uint8Array,
): Buffer {
  const bytes = Buffer.allocUnsafe(2 + 2 * MAX_VARINT_BYTES + value.byteLength);
  let at = 0;
  // As everywhere in proto3, a zero is not written.
  if (id !== 0n) {
    bytes[at++] = ID_TAG;
    at = writeLongVarint(bytes, at, id);
  }
  bytes[at++] = (field << 3) | BYTES_WIRE_TYPE;
  at = writeVarint(bytes, at, value.byteLength);
  bytes.set(value, at);
  return bytes.subarray(0, at + value.byteLength);
}

/** Of up to 64 bits. */
function writeLongVarint(bytes: Buffer, start: number, value: bigint): number {
  let at = start;
  let rest = value;
  for (; rest > 0x7fff_ffffn; rest >>= 7n) bytes[at++] = Number(rest & 0x7fn) | 0x80;
  return writeVarint(bytes, at, Number(rest));
}
