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
import { webcrypto } from 'node:crypto';
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
  readonly bytes: Uint8Array;
}

/** Lays a model out as the bytes of its file. Hashing runs off this thread. */
export async function encodeArtifact(model: NewModel, tensors: Tensors): Promise<Artifact> {
  const { entries, data } = layOut(tensors);
  const learned = encodeLearned(model);
  const sha256 = await digest(Buffer.from(JSON.stringify({ ...learned, entries, data: await digest(data) })));

  const header = encodeHeader(encodeMetadata(model, learned, sha256, NO_CHECKSUM), entries);
  const bytes = new Uint8Array(header.byteLength + data.byteLength);
  bytes.set(header);
  bytes.set(data, header.byteLength);
  bytes.set(Buffer.from(await digest(bytes)), CHECKSUM_START);
  return { card: { ...model, sha256, sizeBytes: bytes.byteLength }, bytes };
}

/**
 * Verifies the checksum of a whole file, off this thread, and gives its tensors
 * as views of `bytes`.
 *
 * @throws MODEL_CORRUPT, or MODEL_FORMAT_UNSUPPORTED for a newer format.
 */
export async function decodeArtifact(
  bytes: Uint8Array<ArrayBuffer>,
): Promise<{ readonly card: ModelCard; readonly tensors: Tensors }> {
  const dataStart = headerLength(bytes, bytes.byteLength);
  const { card, checksum, entries } = decodeHeader(bytes.subarray(0, dataStart), bytes.byteLength);
  bytes.set(Buffer.from(NO_CHECKSUM), CHECKSUM_START);
  if ((await digest(bytes)) !== checksum) throw corruptArtifact('its checksum does not match its content');

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

/** Wide types first: then each tensor is aligned, without the gaps that the layout forbids. */
function layOut(tensors: Tensors): { entries: Record<string, TensorEntry>; data: Uint8Array<ArrayBuffer> } {
  const inOrder = Object.entries(tensors).toSorted(
    ([nameA, a], [nameB, b]) => widthOf(b.dtype) - widthOf(a.dtype) || (nameA < nameB ? -1 : 1),
  );
  const data = new Uint8Array(inOrder.reduce((bytes, [, { data: values }]) => bytes + values.byteLength, 0));
  const entries: Record<string, TensorEntry> = {};
  let from = 0;
  for (const [name, { dtype, shape, data: values }] of inOrder) {
    data.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), from);
    const to = from + values.byteLength;
    entries[name] = { dtype, shape: [...shape], data_offsets: [from, to] };
    from = to;
  }
  return { entries, data };
}

/** The tensor whose data are these bytes of the file: a view of them where they are aligned. */
function viewOf(dtype: Dtype, shape: readonly number[], bytes: Uint8Array<ArrayBuffer>): Tensor {
  const width = widthOf(dtype);
  // Other writers of the layout align less than we do.
  const { buffer, byteOffset } = bytes.byteOffset % width === 0 ? bytes : new Uint8Array(bytes);
  return tensor(dtype, shape, new TENSOR_ARRAYS[dtype](buffer, byteOffset, bytes.byteLength / width));
}

/** SHA-256 in hexadecimal. */
async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes)).toString('hex');
}
