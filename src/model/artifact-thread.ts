import type { Worker } from 'node:worker_threads';
import { DomainError } from '../errors.js';
import type { Tensors } from '../estimators/tensor.js';
import { startThread } from '../training/start-thread.js';
import { type Artifact, type DecodedArtifact, decodeArtifact, encodeArtifact } from './artifact.js';
import type { NewModel } from './artifact-metadata.js';
import { buffersOf, type FromArtifacts, type ToArtifacts } from './artifact-protocol.js';

/** What is smaller takes about a millisecond, and is done where it is asked for. */
const SMALL_BYTES = 2 ** 18;

interface Pending {
  resolve(result: Artifact | DecodedArtifact): void;
  reject(error: unknown): void;
}

export interface ArtifactThreadOptions {
  /** The module that the thread runs; another one only in tests. */
  readonly entry?: URL;
  /** Artifacts of fewer bytes are not worth a thread. */
  readonly smallBytes?: number;
}

/**
 * Encodes and decodes artifacts off the server's thread. The thread starts with
 * the first large artifact, unless it is started before; one that is lost is replaced
 * when there is a job for it.
 */
export class ArtifactThread {
  readonly #entry: URL;
  readonly #smallBytes: number;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  #nextId = 1;
  #closed = false;

  constructor({ entry, smallBytes = SMALL_BYTES }: ArtifactThreadOptions = {}) {
    this.#entry = entry ?? new URL('./artifact-worker.js', import.meta.url);
    this.#smallBytes = smallBytes;
  }

  /** Starts the thread, which holds up this one for tens of milliseconds, while nobody waits for it. */
  start(): void {
    if (!this.#closed) this.#thread();
  }

  /**
   * Lays a model out as the bytes of its file. The tensors are gone then.
   *
   * @throws INTERNAL when the thread is lost, SERVER_SHUTTING_DOWN once it is closed.
   */
  async encode(model: NewModel, tensors: Tensors): Promise<Artifact> {
    const length = Object.values(tensors).reduce((sum, { data }) => sum + data.byteLength, 0);
    if (length < this.#smallBytes) return encodeArtifact(model, tensors);
    const message = { type: 'encode', id: this.#nextId++, model, tensors } as const;
    return (await this.#run(message, buffersOf(tensors))) as Artifact;
  }

  /**
   * Verifies the checksum of a whole file, and gives its tensors as views of its
   * bytes, which have gone to the thread and back: `bytes` are gone.
   *
   * @throws MODEL_CORRUPT, MODEL_FORMAT_UNSUPPORTED for a newer format, INTERNAL
   *   when the thread is lost, and SERVER_SHUTTING_DOWN once it is closed.
   */
  async decode(bytes: Uint8Array<ArrayBuffer>): Promise<DecodedArtifact> {
    if (bytes.byteLength < this.#smallBytes) return decodeArtifact(bytes);
    const message = { type: 'decode', id: this.#nextId++, bytes } as const;
    return (await this.#run(message, [bytes.buffer])) as DecodedArtifact;
  }

  /**
   * Gives memory back at once, whoever still refers to it: views of it are empty
   * from then on. Where that would take time, the thread does it.
   */
  release(...buffers: readonly ArrayBuffer[]): void {
    const large = buffers.filter(({ byteLength }) => byteLength >= this.#smallBytes);
    if (large.length === 0 || this.#closed) return;
    const message: ToArtifacts = { type: 'release', buffers: large };
    this.#thread().postMessage(message, large);
  }

  /** Ends the thread, and refuses the jobs that it has. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#worker?.terminate();
  }

  #run(
    message: Exclude<ToArtifacts, { type: 'release' }>,
    transfer: ArrayBuffer[],
  ): Promise<Artifact | DecodedArtifact> {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw closing();
      const worker = this.#thread();
      worker.postMessage(message, transfer);
      this.#pending.set(message.id, { resolve, reject });
      // With nothing to do it keeps no process alive.
      worker.ref();
    });
  }

  #thread(): Worker {
    return (this.#worker ??= this.#start());
  }

  #start(): Worker {
    const worker = startThread<FromArtifacts>(
      this.#entry,
      { name: 'artifacts' },
      {
        message: (message, thread) => this.#settle(thread, message),
        exit: (fault, code) => {
          this.#worker = undefined;
          const lost = this.#closed ? closing() : lossOf(fault, code);
          for (const pending of this.#pending.values()) pending.reject(lost);
          this.#pending.clear();
        },
      },
    );
    worker.unref();
    return worker;
  }

  #settle(worker: Worker, message: FromArtifacts): void {
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (this.#pending.size === 0) worker.unref();
    switch (message.type) {
      case 'done':
        pending?.resolve(message.result);
        break;
      case 'refused':
        pending?.reject(new DomainError(message.reason, message.message));
        break;
      case 'failed':
        pending?.reject(Object.assign(new Error(message.message), { stack: message.stack }));
        break;
    }
  }
}

function closing(): DomainError {
  return new DomainError('SERVER_SHUTTING_DOWN', 'the server is shutting down');
}

function lossOf(fault: unknown, exitCode: number): DomainError {
  const how = fault === undefined ? `exited with code ${exitCode}` : 'died of an error';
  return new DomainError('INTERNAL', `the thread that reads and writes artifacts ${how}; try again`, { cause: fault });
}
