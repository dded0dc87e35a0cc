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
import { z } from 'zod';
import { DomainError, messageOf } from '../errors.js';
import type { Classes } from '../estimators/labels.js';
import { type Dtype, type Tensor, TENSOR_ARRAYS, type Tensors, tensor } from '../estimators/tensor.js';
import type { ModelCard } from './model.js';

/** The newest format that this version writes, and reads. */
export const FORMAT_VERSION = 1;

const FORMAT = 'modelserver';
const LENGTH_BYTES = 8;
/** The largest header that we read; a model with 100,000 features needs about 10 MB. */
const MAX_HEADER_BYTES = 100 * 1024 * 1024;
const NO_CHECKSUM = '0'.repeat(64);
const CHECKSUM_START = LENGTH_BYTES + '{"__metadata__":{"checksum":"'.length;

const jsonText = <T>(schema: z.ZodType<T>) =>
  z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(schema);
const wholeText = z.string().regex(/^\d+$/).transform(Number);

const metadataSchema = z.object({
  checksum: z.string().regex(/^[0-9a-f]{64}$/),
  format: z.literal(FORMAT),
  format_version: wholeText,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  generation: wholeText,
  estimator: jsonText(
    z.object({
      kind: z.enum([
        'logistic_regression',
        'random_forest_classifier',
        'k_neighbors_classifier',
        'xgb_classifier',
        'lgbm_classifier',
        'cat_boost_classifier',
      ]),
      engine: z.enum(['core', 'mljs']),
      hyperparameters: z.record(z.string(), z.unknown()),
    }),
  ),
  classes: jsonText(
    z.union([
      z.object({ kind: z.literal('string'), values: z.array(z.string()).min(2) }),
      z.object({ kind: z.literal('integer'), values: z.array(z.string().regex(/^-?\d+$/)).min(2) }),
    ]),
  ),
  features: jsonText(z.array(z.object({ name: z.string(), kind: z.literal('numeric') })).min(1)),
  n_samples: wholeText,
  metrics: jsonText(
    z.object({ accuracy: z.number().optional(), logLoss: z.number().optional(), rocAuc: z.number().optional() }),
  ),
  created_at: z.iso.datetime().transform((text) => new Date(text)),
  fit_duration_ms: wholeText,
  request_id: z.string(),
});

const entrySchema = z.object({
  dtype: z.enum(['F64', 'I64', 'F32', 'I32', 'U32', 'U16', 'U8']),
  shape: z.array(z.number().int().min(0)),
  data_offsets: z.tuple([z.number().int().min(0), z.number().int().min(0)]),
});

/** What a training hands over to be stored. */
export type NewModel = Omit<ModelCard, 'sha256' | 'sizeBytes'>;

export interface Artifact {
  readonly card: ModelCard;
  readonly bytes: Uint8Array;
}

/** Lays a model out as the bytes of its file. Hashing runs off this thread. */
export async function encodeArtifact(model: NewModel, tensors: Tensors): Promise<Artifact> {
  // Wide types first: then each tensor is aligned, without the gaps that the layout forbids.
  const named = Object.entries(tensors).toSorted(
    ([nameA, a], [nameB, b]) => widthOf(b.dtype) - widthOf(a.dtype) || (nameA < nameB ? -1 : nameA > nameB ? 1 : 0),
  );
  let dataBytes = 0;
  const entries = named.map(([name, { dtype, shape, data }]) => {
    const start = dataBytes;
    dataBytes += data.byteLength;
    return [name, { dtype, shape, data_offsets: [start, dataBytes] }] as const;
  });
  const estimator = JSON.stringify(model.estimator);
  const classes = JSON.stringify({ kind: model.classes.kind, values: Array.from(model.classes.values, String) });
  const features = JSON.stringify(model.features);

  const data = new Uint8Array(dataBytes);
  named.forEach(([, { data: values }], index) => data.set(bytesOf(values), entries[index][1].data_offsets[0]));
  const learned = JSON.stringify({ estimator, classes, features, tensors: entries, data: await sha256(data) });
  const modelSha256 = await sha256(Buffer.from(learned));

  const header = JSON.stringify({
    __metadata__: {
      checksum: NO_CHECKSUM,
      format: FORMAT,
      format_version: String(FORMAT_VERSION),
      sha256: modelSha256,
      generation: String(model.generation),
      estimator,
      classes,
      features,
      n_samples: String(model.nSamples),
      metrics: JSON.stringify(model.metrics),
      created_at: model.createdAt.toISOString(),
      fit_duration_ms: String(Math.round(model.fitDurationMs)),
      request_id: model.requestId,
    },
    ...Object.fromEntries(entries),
  });
  const unpadded = Buffer.byteLength(header);
  const headerBytes = Math.ceil(unpadded / 8) * 8;

  const bytes = new Uint8Array(LENGTH_BYTES + headerBytes + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true);
  bytes.fill(0x20, LENGTH_BYTES + unpadded, LENGTH_BYTES + headerBytes);
  bytes.set(Buffer.from(header), LENGTH_BYTES);
  bytes.set(data, LENGTH_BYTES + headerBytes);
  bytes.set(Buffer.from(await sha256(bytes)), CHECKSUM_START);
  return { card: { ...model, sha256: modelSha256, sizeBytes: bytes.byteLength }, bytes };
}

/** The length of the header of a file of `sizeBytes` that begins with `start` (8 bytes or more). */
export function headerLength(start: Uint8Array, sizeBytes: number): number {
  if (start.byteLength < LENGTH_BYTES) throw corrupt('the file is shorter than its header');
  const length = Number(new DataView(start.buffer, start.byteOffset).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES || LENGTH_BYTES + length > sizeBytes) {
    throw corrupt('the header is longer than the file');
  }
  return LENGTH_BYTES + length;
}

/**
 * Reads what the header of a file of `sizeBytes` says. `header` are the file's
 * first `headerLength` bytes. The checksum is not verified, since the data is
 * not there; the sizes are.
 *
 * @throws MODEL_CORRUPT, or MODEL_FORMAT_UNSUPPORTED for a newer format.
 */
export function readCard(header: Uint8Array, sizeBytes: number): ModelCard {
  return parseHeader(header, sizeBytes).card;
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
  const { card, checksum, entries } = parseHeader(bytes.subarray(0, dataStart), bytes.byteLength);
  bytes.set(Buffer.from(NO_CHECKSUM), CHECKSUM_START);
  if ((await sha256(bytes)) !== checksum) throw corrupt('its checksum does not match its content');

  const tensors: [string, Tensor][] = [];
  for (const [name, { dtype, shape, data_offsets: offsets }] of Object.entries(entries)) {
    tensors.push([name, viewOf(dtype, shape, bytes.subarray(dataStart + offsets[0], dataStart + offsets[1]))]);
  }
  return { card, tensors: Object.fromEntries(tensors) };
}

type Entries = Record<string, z.infer<typeof entrySchema>>;

function parseHeader(header: Uint8Array, sizeBytes: number): { card: ModelCard; checksum: string; entries: Entries } {
  try {
    const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(header.subarray(LENGTH_BYTES)));
    const { __metadata__: rawMetadata, ...rawEntries } = z.record(z.string(), z.unknown()).parse(json);
    requireKnownFormat(rawMetadata);
    const metadata = metadataSchema.parse(rawMetadata);
    const found = Buffer.from(header.subarray(CHECKSUM_START, CHECKSUM_START + NO_CHECKSUM.length)).toString('latin1');
    if (found !== metadata.checksum) throw corrupt('its checksum is not in its place');
    const entries = z.record(z.string(), entrySchema).parse(rawEntries);
    requireContiguous(entries, sizeBytes - header.byteLength);
    const { kind } = metadata.classes;
    const classes: Classes =
      kind === 'string'
        ? { kind, values: metadata.classes.values }
        : { kind, values: BigInt64Array.from(metadata.classes.values, (value) => BigInt(value)) };
    const card: ModelCard = {
      generation: metadata.generation,
      estimator: metadata.estimator,
      classes,
      features: metadata.features,
      nSamples: metadata.n_samples,
      metrics: metadata.metrics,
      createdAt: metadata.created_at,
      fitDurationMs: metadata.fit_duration_ms,
      requestId: metadata.request_id,
      sha256: metadata.sha256,
      sizeBytes,
    };
    return { card, checksum: metadata.checksum, entries };
  } catch (error) {
    throw error instanceof DomainError ? error : corrupt('its header does not make sense', error);
  }
}

/** A newer format may have changed anything else, so this is looked at before all. */
function requireKnownFormat(metadata: unknown): void {
  const { format, format_version: version } = z
    .looseObject({ format: z.string(), format_version: wholeText })
    .parse(metadata);
  if (format === FORMAT && version > FORMAT_VERSION) {
    throw new DomainError(
      'MODEL_FORMAT_UNSUPPORTED',
      `the artifact has format version ${version}; this server reads up to ${FORMAT_VERSION}: update the server, or train the model again`,
    );
  }
}

function requireContiguous(entries: Entries, dataBytes: number): void {
  let end = 0;
  const inOrder = Object.values(entries).toSorted((a, b) => a.data_offsets[0] - b.data_offsets[0]);
  for (const { dtype, shape, data_offsets: offsets } of inOrder) {
    const bytes = shape.reduce((product, length) => product * length, widthOf(dtype));
    if (offsets[0] !== end || offsets[1] - offsets[0] !== bytes) throw corrupt('its tensors do not fit together');
    end = offsets[1];
  }
  if (end !== dataBytes) throw corrupt(`it has ${dataBytes} bytes of data, and its header describes ${end}`);
}

/** The tensor whose data are these bytes of the file: a view of them where they are aligned. */
function viewOf(dtype: Dtype, shape: readonly number[], bytes: Uint8Array<ArrayBuffer>): Tensor {
  const width = widthOf(dtype);
  // Other writers of the layout align less than we do.
  const { buffer, byteOffset } = bytes.byteOffset % width === 0 ? bytes : bytes.slice();
  return tensor(dtype, shape, new TENSOR_ARRAYS[dtype](buffer, byteOffset, bytes.byteLength / width));
}

function bytesOf(values: { buffer: ArrayBuffer; byteOffset: number; byteLength: number }): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function widthOf(dtype: Dtype): number {
  return TENSOR_ARRAYS[dtype].BYTES_PER_ELEMENT;
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes)).toString('hex');
}

function corrupt(what: string, cause?: unknown): DomainError {
  const detail = cause === undefined ? '' : ` (${messageOf(cause).replaceAll(/\s+/g, ' ').slice(0, 200)})`;
  return new DomainError('MODEL_CORRUPT', `the artifact is damaged: ${what}${detail}`, { cause });
}
