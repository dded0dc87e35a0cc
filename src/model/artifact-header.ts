import { z } from 'zod';
import { DomainError } from '../errors.js';
import { type Dtype, TENSOR_ARRAYS } from '../estimators/tensor.js';
import { corruptArtifact, decodeMetadata } from './artifact-metadata.js';
import type { ModelCard } from './model.js';

const LENGTH_BYTES = 8;
/** The largest header that we read; a model with 100,000 features needs about 10 MB. */
const MAX_HEADER_BYTES = 100 * 1024 * 1024;

/** The checksum's digits while it is computed. */
export const NO_CHECKSUM = '0'.repeat(64);
/** Where the checksum's digits stand in every file. */
export const CHECKSUM_START = LENGTH_BYTES + '{"__metadata__":{"checksum":"'.length;

const entrySchema = z.object({
  dtype: z.enum(['F64', 'I64', 'F32', 'I32', 'U32', 'U16', 'U8']),
  shape: z.array(z.number().int().min(0)),
  /** Begin and end in the data, in bytes. */
  data_offsets: z.tuple([z.number().int().min(0), z.number().int().min(0)]),
});

/** Where a tensor stands in the data, and what it is. */
export type TensorEntry = z.infer<typeof entrySchema>;

export interface Header {
  readonly card: ModelCard;
  readonly checksum: string;
  readonly entries: Readonly<Record<string, TensorEntry>>;
}

/** The first bytes of a file, up to its data: the length, and the JSON, padded so that the data is aligned. */
export function encodeHeader(metadata: Record<string, string>, entries: Record<string, TensorEntry>): Uint8Array {
  const json = Buffer.from(JSON.stringify({ __metadata__: metadata, ...entries }));
  const padded = Math.ceil(json.byteLength / 8) * 8;
  const header = Buffer.alloc(LENGTH_BYTES + padded, ' ');
  header.writeBigUInt64LE(BigInt(padded));
  header.set(json, LENGTH_BYTES);
  return header;
}

/** The bytes before the data of a file of `sizeBytes` that begins with `start` (8 bytes or more). */
export function headerLength(start: Uint8Array, sizeBytes: number): number {
  if (start.byteLength < LENGTH_BYTES) throw corruptArtifact('the file is shorter than its header');
  const length = Number(new DataView(start.buffer, start.byteOffset).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES || LENGTH_BYTES + length > sizeBytes) {
    throw corruptArtifact('the header is longer than the file');
  }
  return LENGTH_BYTES + length;
}

/**
 * Reads the header of a file of `sizeBytes`; `bytes` are its first `headerLength`.
 *
 * @throws MODEL_CORRUPT, or MODEL_FORMAT_UNSUPPORTED for a newer format.
 */
export function decodeHeader(bytes: Uint8Array, sizeBytes: number): Header {
  try {
    const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(LENGTH_BYTES)));
    const { __metadata__: metadata, ...rawEntries } = z.record(z.string(), z.unknown()).parse(json);
    const { card, checksum } = decodeMetadata(metadata);
    const inPlace = Buffer.from(bytes.subarray(CHECKSUM_START, CHECKSUM_START + NO_CHECKSUM.length)).toString('latin1');
    if (inPlace !== checksum) throw corruptArtifact('its checksum is not in its place');
    const entries = z.record(z.string(), entrySchema).parse(rawEntries);
    requireContiguous(entries, sizeBytes - bytes.byteLength);
    return { card: { ...card, sizeBytes }, checksum, entries };
  } catch (error) {
    throw error instanceof DomainError ? error : corruptArtifact('its header does not make sense', error);
  }
}

/** The bytes of one number. */
export function widthOf(dtype: Dtype): number {
  return TENSOR_ARRAYS[dtype].BYTES_PER_ELEMENT;
}

/** The layout allows no gaps and no overlaps, and neither is what we wrote. */
function requireContiguous(entries: Readonly<Record<string, TensorEntry>>, dataBytes: number): void {
  let end = 0;
  const inOrder = Object.values(entries).toSorted((a, b) => a.data_offsets[0] - b.data_offsets[0]);
  for (const { dtype, shape, data_offsets: offsets } of inOrder) {
    const bytes = shape.reduce((product, length) => product * length, widthOf(dtype));
    if (offsets[0] !== end || offsets[1] - offsets[0] !== bytes) {
      throw corruptArtifact('its tensors do not fit together');
    }
    end = offsets[1];
  }
  if (end !== dataBytes) throw corruptArtifact(`it has ${dataBytes} bytes of data, and its header describes ${end}`);
}
