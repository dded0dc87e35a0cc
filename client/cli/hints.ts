import { status } from '@grpc/grpc-js';
import { ModelServerError } from '../errors.js';
import { RefusedCell } from './refused-cell.js';

const byReason: Readonly<Record<string, string>> = {
  MODEL_NOT_FOUND: '`modelserver list` shows the models that there are',
  MODEL_ALREADY_EXISTS: 'choose another name, or remove the stored model first: `modelserver remove NAME`',
  MODEL_ALREADY_LOADED: 'nothing to do: it is ready for `modelserver predict`',
  MODEL_NOT_LOADED: '`modelserver load NAME` brings it into memory',
  MODEL_IN_TRAINING: '`modelserver status` shows how far its training is',
  MODEL_LOADED: 'unload it first, or use --force',
  NO_FREE_TRAINING_SLOT: '`modelserver status` shows what trains; try again when a slot is free',
  LOADED_MODEL_LIMIT_REACHED: '`modelserver unload NAME` makes room',
  LOADED_MEMORY_LIMIT_REACHED: '`modelserver unload NAME` makes room, or raise MAX_INFERENCE_MEMORY_MB of the server',
  INFLIGHT_BYTES_LIMIT_REACHED: 'the server deals with too much at once: try again in a moment',
  MODEL_CORRUPT: 'its file is damaged: `modelserver remove NAME`, then train it again',
  MODEL_FORMAT_UNSUPPORTED: 'a newer server wrote it: upgrade this one',
  TRAINING_MEMORY_LIMIT: 'train on fewer rows, or on a smaller model, or raise the memory limit of the server',
  TRAINING_CRASHED: "the server's log says why",
  INTERNAL: "the server's log says why",
};

/** What a person may do about an error; undefined where there is nothing to say. */
export function hintFor(error: unknown, address: string): string | undefined {
  if (error instanceof RefusedCell && error.cell === '') return 'the estimators of trees take empty cells as they are';
  if (!(error instanceof ModelServerError)) return undefined;
  if (error.reason !== undefined && error.reason in byReason) return byReason[error.reason];
  switch (error.code) {
    case status.UNAVAILABLE:
      return `is a server running at ${address}? --address or MODELSERVER_ADDRESS name another`;
    case status.DEADLINE_EXCEEDED:
      return '--timeout SECONDS gives it more time';
    case status.RESOURCE_EXHAUSTED:
      return 'the message may be larger than the MAX_MESSAGE_BYTES of the server';
    default:
      return undefined;
  }
}
