/**
 * The file format of a model: the safetensors layout, which many tools read
 * without executing anything.
 *
 *     8 bytes    length of the header, little-endian
 *     header     JSON, padded with spaces: {"__metadata__": {…}, "tensor": {dtype, shape, data_offsets}, …}
 *     data       the tensors, without gaps, each aligned to its type
 *
 * `__metadata__` holds strings only, as the layout demands; structured values
 * are JSON inside them. `checksum` is its first entry and thus stands at a fixed
 * place: SHA-256 over the whole file with the checksum's own 64 digits as zeros.
 *
 * @see https://huggingface.co/docs/safetensors (the layout)
 */
import { createHash } from 'node:crypto';
import { type Dtype, type Tensor, TENSOR_ARRAYS, type Tensors, tensor } from '../estimators/tensor.js';
import {
  CHECKSUM_START,
  decodeHeader,
  encodeHeader,
  headerLength,
  NO_CHECKSUM,
  type TensorEntry,
  widthOf,
} from './artifact-header.js';
import { corruptArtifact, encodeLearned, encodeMetadata, type NewModel } from './artifact-metadata.js';
import type { ModelCard } from './model.js';

export interface Artifact {
  readonly card: ModelCard;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What an artifact holds. */
export interface DecodedArtifact {
  readonly card: ModelCard;
  readonly tensors: Tensors;
}

/** Lays a model out as the bytes of its file; tensors are copied once. */
export function encodeArtifact(model: NewModel, tensors: Tensors): Artifact {
  const { entries, parts, length } = layOut(tensors);
  const learned = encodeLearned(model);
  const sha256 = digest([Buffer.from(JSON.stringify({ ...learned, entries, data: digest(parts) }))]);

  const header = encodeHeader(encodeMetadata(model, learned, sha256, NO_CHECKSUM), entries);
  const bytes = new Uint8Array(header.byteLength + length);
  let at = 0;
  for (const part of [header, ...parts]) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  bytes.set(Buffer.from(digest([bytes])), CHECKSUM_START);
  return { card: { ...model, sha256, sizeBytes: bytes.byteLength }, bytes };
}

/**
 * Verifies the checksum of a whole file, and gives its tensors as views of
 * `bytes`.
 *
 * @throws MODEL_CORRUPT, or MODEL_FORMAT_UNSUPPORTED for a newer format.
 */
export function decodeArtifact(bytes: Uint8Array<ArrayBuffer>): DecodedArtifact {
  const dataStart = headerLength(bytes, bytes.byteLength);
  const { card, checksum, entries } = decodeHeader(bytes.subarray(0, dataStart), bytes.byteLength);
  bytes.set(Buffer.from(NO_CHECKSUM), CHECKSUM_START);
  if (digest([bytes]) !== checksum) throw corruptArtifact('its checksum does not match its content');

  const data = bytes.subarray(dataStart);
  const tensors = Object.entries(entries).map(
    ([
      name,
      {
        dtype,
        shape,
        data_offsets: [from, to],
      },
    ]): [string, Tensor] => [name, viewOf(dtype, shape, data.subarray(from, to))],
  );
  return { card, tensors: Object.fromEntries(tensors) };
}

interface Layout {
  readonly entries: Record<string, TensorEntry>;
  /** The bytes of the tensors, in the order of the file. */
  readonly parts: readonly Uint8Array<ArrayBuffer>[];
  /** Bytes of all of them. */
  readonly length: number;
}

/** Wide types first: then each tensor is aligned, without the gaps that the layout forbids. */
function layOut(tensors: Tensors): Layout {
  const inOrder = Object.entries(tensors).toSorted(
    ([nameA, a], [nameB, b]) => widthOf(b.dtype) - widthOf(a.dtype) || (nameA < nameB ? -1 : 1),
  );
  const entries: Record<string, TensorEntry> = {};
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let from = 0;
  for (const [name, { dtype, shape, data: values }] of inOrder) {
    const to = from + values.byteLength;
    entries[name] = { dtype, shape: [...shape], data_offsets: [from, to] };
    parts.push(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    from = to;
  }
  return { entries, parts, length: from };
}

/** The tensor whose data are these bytes of the file: a view of them where they are aligned. */
function viewOf(dtype: Dtype, shape: readonly number[], bytes: Uint8Array<ArrayBuffer>): Tensor {
  const width = widthOf(dtype);
  // Other writers of the layout align less than we do.
  const { buffer, byteOffset } = bytes.byteOffset % width === 0 ? bytes : new Uint8Array(bytes);
  return tensor(dtype, shape, new TENSOR_ARRAYS[dtype](buffer, byteOffset, bytes.byteLength / width));
}

/** The most bytes that are hashed at one time: there is a limit to it, of 2 GiB. */
const HASHED_BYTES = 2 ** 24;

/** SHA-256 of all parts together, in hexadecimal. */
function digest(parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    for (let from = 0; from < part.byteLength; from += HASHED_BYTES) {
      hash.update(part.subarray(from, from + HASHED_BYTES));
    }
  }
  return hash.digest('hex');
}
