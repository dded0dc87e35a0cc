import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { FitChunk, FitStreamRequest, RawMatrix } from '../generated/modelserver/v1/model_server.js';

// The numbers of these fields in the contract.
const REQUEST_CHUNK = 2;
const CHUNK_X = 1;
const MATRIX_RAW = 2;
const RAW_DATA = 4;

/**
 * A FitStreamRequest with a chunk, as bytes. The generated writer would copy packed
 * numbers once for each message around them, and whenever its buffer grows; here
 * they are copied once.
 */
export function encodeChunkMessage(chunk: FitChunk): Uint8Array {
  const raw = chunk.x?.raw;
  if (raw === undefined) {
    return FitStreamRequest.encode({ message: { $case: 'chunk', value: chunk } }).finish();
  }
  const shape = RawMatrix.encode({ ...raw, data: Buffer.alloc(0) }).finish();
  const matrix = field(MATRIX_RAW, [shape, ...field(RAW_DATA, [raw.data])]);
  const rest = FitChunk.encode({ ...chunk, x: undefined }).finish();
  return Buffer.concat(field(REQUEST_CHUNK, [...field(CHUNK_X, matrix), rest]));
}

/** A length-delimited field; its content are the bytes of `parts`, one after the other. */
function field(number: number, parts: readonly Uint8Array[]): Uint8Array[] {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return [new BinaryWriter().tag(number, WireType.LengthDelimited).uint32(length).finish(), ...parts];
}
