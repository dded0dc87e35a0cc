import { DomainError, type ErrorReason } from '../errors.js';
import { buffersOf } from './artifact-protocol.js';
import type { ArtifactThread } from './artifact-thread.js';
import type { InferenceMemory, Place } from './inference-memory.js';
import type { KeyedLock } from './keyed-lock.js';
import { LoadedModel } from './loaded-model.js';
import { MemoryReclaimer } from './memory-reclaimer.js';
import type { ModelView } from './model.js';
import { type Entry, type ModelInMemory, type Registry, viewOf } from './registry.js';
import type { ModelStore } from './store.js';

/** What is wrong with an artifact, and stays so. */
const FAULTS: ReadonlySet<ErrorReason> = new Set(['MODEL_CORRUPT', 'MODEL_FORMAT_UNSUPPORTED']);

/** Hears of a model that has been replaced on disk but not in memory, and why. */
export type OnStale = (name: string, cause: unknown) => void;

export interface LoadsOptions {
  readonly store: ModelStore;
  readonly artifacts: ArtifactThread;
  readonly registry: Registry;
  readonly lock: KeyedLock;
  readonly memory: InferenceMemory;
  readonly onStale?: OnStale;
}

/** Brings models into memory, and gives the memory back once nobody predicts with them any more. */
export class Loads {
  readonly #store: ModelStore;
  readonly #artifacts: ArtifactThread;
  readonly #registry: Registry;
  readonly #lock: KeyedLock;
  readonly #memory: InferenceMemory;
  readonly #onStale: OnStale;
  readonly #reclaimer = new MemoryReclaimer();

  constructor({ store, artifacts, registry, lock, memory, onStale = () => undefined }: LoadsOptions) {
    this.#onStale = onStale;
    this.#store = store;
    this.#artifacts = artifacts;
    this.#registry = registry;
    this.#lock = lock;
    this.#memory = memory;
  }

  /**
   * Loads a stored model; joins a load that is at work.
   *
   * @throws MODEL_ALREADY_LOADED, LOADED_MODEL_LIMIT_REACHED,
   *   LOADED_MEMORY_LIMIT_REACHED, MODEL_NOT_FOUND, MODEL_IN_TRAINING, or why the
   *   artifact is unusable.
   */
  async load(name: string): Promise<ModelView> {
    const entry = this.#registry.getStored(name);
    if (entry.loading !== undefined) return entry.loading;
    if (entry.loaded !== undefined) {
      throw new DomainError('MODEL_ALREADY_LOADED', `the model ${name} is loaded already`);
    }
    const place = this.#memory.admit(name, entry.card?.sizeBytes ?? 0);
    entry.loading = this.#lock
      .run(name, () => this.#loadFromDisk(name, place))
      .finally(() => {
        entry.loading = undefined;
      });
    return entry.loading;
  }

  /**
   * Loads the artifact that has taken the place of a loaded one, from the bytes that
   * were written: they are verified as those of a file are, and need not be read. The
   * old model serves until the new one can. Where that fails, it goes on serving,
   * and the entry says why; it is not an error, since the new one is stored.
   *
   * @param bytes are gone
   */
  async replace(entry: Entry, old: ModelInMemory, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const { name, card } = entry;
    let loaded: ModelInMemory;
    try {
      old.successor = this.#memory.admitInstead(name, bytes.byteLength, old.place);
      loaded = await this.#restore(bytes, old.successor);
    } catch (error) {
      this.#artifacts.release(bytes.buffer);
      old.successor = undefined;
      if (entry.loaded !== old) return;
      old.place.stay();
      this.#onStale(name, error);
      const why =
        error instanceof DomainError
          ? error.message
          : 'an internal error, whose cause is in the log; unload and load it again';
      const { generation } = old.model.card;
      entry.staleness = `generation ${card?.generation} is stored, but could not be loaded, and generation ${generation} serves: ${why}`;
      return;
    }
    old.successor = undefined;
    if (entry.loaded === old) {
      entry.loaded = loaded;
      entry.staleness = undefined;
      await this.retire(old);
    } else {
      // Whoever has unloaded or removed it meanwhile meant this one too.
      await this.retire(loaded);
    }
  }

  /** Waits for the calls that use a model that no new call can find, and gives its memory back. */
  async retire(loaded: ModelInMemory): Promise<void> {
    const { model, place, buffers } = loaded;
    place.leave();
    loaded.successor?.leave();
    await model.drained();
    const released = buffers.reduce((bytes, { byteLength }) => bytes + byteLength, 0);
    this.#artifacts.release(...buffers);
    await this.#reclaim(model, place.bytes - released);
    place.free();
  }

  /** Not an async function, whose frame would keep what was dropped. */
  #reclaim(model: LoadedModel, bytes: number): Promise<void> {
    return this.#reclaimer.reclaim(model.close(), bytes);
  }

  async #loadFromDisk(name: string, place: Place): Promise<ModelView> {
    try {
      // While this waited, the model may have been removed, and even loaded under this name again.
      const entry = this.#registry.getStored(name);
      if (entry.loaded === undefined) await this.#readInto(entry, place);
      else place.free();
      return viewOf(entry);
    } catch (error) {
      place.free();
      throw error;
    }
  }

  async #readInto(entry: Entry, place: Place): Promise<void> {
    try {
      entry.loaded = await this.#restore(await this.#store.read(entry.name), place);
      entry.card = entry.loaded.model.card;
      entry.fault = undefined;
    } catch (error) {
      // What the disk refuses today it may give tomorrow; only a bad artifact stays bad.
      if (error instanceof DomainError && FAULTS.has(error.reason)) entry.fault = error;
      throw error;
    }
  }

  /** Makes a model of an artifact's bytes, in a place that is free again when that fails. */
  async #restore(bytes: Uint8Array<ArrayBuffer>, place: Place): Promise<ModelInMemory> {
    let buffers: ArrayBuffer[] = [bytes.buffer];
    let loaded: ModelInMemory;
    try {
      place.resize(bytes.byteLength);
      const { card, tensors } = await this.#artifacts.decode(bytes);
      buffers = buffersOf(tensors);
      const model = await LoadedModel.of(card, tensors);
      if (!model.readsTensors) this.#artifacts.release(...buffers.splice(0));
      loaded = { model, place, buffers };
    } catch (error) {
      this.#artifacts.release(...buffers);
      place.free();
      throw error;
    }
    try {
      place.resize(loaded.model.memoryBytes);
    } catch (error) {
      await this.retire(loaded);
      throw error;
    }
    return loaded;
  }
}
