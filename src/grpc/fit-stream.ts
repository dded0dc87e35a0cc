import type { FitChunk, FitStart, FitStreamRequest } from '../../generated/modelserver/v1/model_server.js';
import { invalid } from '../errors.js';
import type { ModelView } from '../model/model.js';
import type { AcceptedFit, TrainingRows } from '../model/fits.js';
import type { ModelService } from '../model/service.js';
import type { CallContext } from './calls.js';
import { decodeFitEnvelope } from './decode.js';
import { encodeFitStreamResponse } from './encode-fit-stream-response.js';
import { encodeModel } from './encode.js';
import { MessageReader } from './message-reader.js';
import type { MessageStream } from './message-stream.js';
import { ProgressWriter } from './progress-writer.js';
import { readFitStreamRequest } from './read-request.js';
import { TrainingRowsBuilder } from './training-rows-builder.js';

export interface FitStreamOptions {
  readonly service: ModelService;
  /** The most memory that a training may take, in MiB. */
  readonly trainingMemoryMb: number;
  /** How long the next message of an upload may be on its way. */
  readonly standstillMs: number;
  /** Gives the memory of rows that are not wanted any more back. */
  readonly release: (buffer: ArrayBuffer) => void;
}

/**
 * Answers a FitStream:
 *
 *     client                                      server
 *       │ ──────────────── start ────────────────▶│  takes the name and a slot
 *       │ ◀────────────── accepted ───────────────│
 *       │ ──────────────── chunk ────────────────▶│  is stored before the next one is read
 *       │                    ⋮                    │
 *       │ ────────────── half-close ─────────────▶│  trains
 *       │ ◀────────────── progress ───────────────│
 *       │                    ⋮                    │
 *       │ ◀─────────────── model ─────────────────│  is on disk
 *
 * However it ends, name, slot and memory are given back.
 */
export async function fitStream(
  stream: MessageStream,
  call: CallContext,
  { service, trainingMemoryMb: memoryMb, standstillMs: idleMs, release }: FitStreamOptions,
): Promise<void> {
  const { signal } = call;
  const messages = new MessageReader(stream, { call, decode: readFitStreamRequest, idleMs });
  try {
    const start = startOf(await messages.next());
    call.model = start.name;
    const envelope = decodeFitEnvelope(start);
    requireCount(start.nSamples);
    const before = service.fittedBefore(envelope);
    if (before !== undefined) {
      writeModel(stream, before);
      return;
    }
    const fit = service.beginFit(envelope);
    const rows = new TrainingRowsBuilder({ envelope, nSamples: start.nSamples, memoryMb, release, signal });
    try {
      stream.write(encodeFitStreamResponse({ $case: 'accepted', value: {} }));
      for (let message = await messages.next(); message !== undefined; message = await messages.next()) {
        await rows.append(chunkOf(message));
      }
      writeModel(stream, await train(fit, await rows.take(), stream, signal));
    } finally {
      fit.release();
      await rows.discard();
    }
  } finally {
    messages.close();
  }
}

async function train(
  fit: AcceptedFit,
  rows: TrainingRows,
  stream: MessageStream,
  signal: AbortSignal,
): Promise<ModelView> {
  const progress = new ProgressWriter(stream, () => fit.progress());
  try {
    return await fit.train(rows, signal);
  } finally {
    progress.stop();
  }
}

function writeModel(stream: MessageStream, model: ModelView): void {
  stream.write(encodeFitStreamResponse({ $case: 'model', value: encodeModel(model) }));
}

function startOf(request: FitStreamRequest | undefined): FitStart {
  if (request?.message?.$case === 'start') return request.message.value;
  throw invalid('start', request === undefined ? 'did not come before the half-close' : 'must be the first message');
}

function chunkOf({ message }: FitStreamRequest): FitChunk {
  if (message?.$case === 'chunk') return message.value;
  if (message?.$case === 'start') throw invalid('start', 'has come before; chunks follow it');
  throw invalid('chunk', 'is not set; set it in every message after start');
}

function requireCount(nSamples: number | undefined): void {
  if (nSamples === undefined || nSamples >= 2) return;
  throw invalid('start.n_samples', `is ${nSamples}; a training needs at least 2 rows`);
}
