import { DomainError } from '../errors.js';
import type { TrainingPool } from '../training/pool.js';
import type { ArtifactThread } from './artifact-thread.js';
import { featureNamesOf } from './features.js';
import { type AcceptedFit, type FitEnvelope, Fits, type TrainingRows } from './fits.js';
import { type InferenceLimits, InferenceMemory } from './inference-memory.js';
import { KeyedLock } from './keyed-lock.js';
import type { LoadedModel } from './loaded-model.js';
import { Loads, type OnStale } from './loads.js';
import { type ModelView, requireName, type TrainingView } from './model.js';
import { type ModelInMemory, Registry, viewOf } from './registry.js';
import type { ModelStore } from './store.js';

export interface ServerStatus {
  readonly trainingSlots: number;
  readonly busyTrainingSlots: number;
  readonly trainings: readonly TrainingView[];
  readonly loadedModels: number;
  readonly maxLoadedModels: number;
  /** What the models in memory take, those that come and go included, and the most that they may. */
  readonly loadedBytes: number;
  readonly maxLoadedBytes: number;
  readonly storedModels: number;
  readonly replacedWorkers: number;
}

export interface ModelServiceOptions extends InferenceLimits {
  readonly store: ModelStore;
  readonly pool: TrainingPool;
  readonly artifacts: ArtifactThread;
  /** Called when a loaded model has been replaced, and the new one could not be loaded. */
  readonly onStale?: OnStale;
  /** The most memory that one training may take, in MiB. */
  readonly trainingMemoryMb: number;
}

/**
 * The use cases of the server. State changes of one model run one after the
 * other; the registry changes only once the disk has.
 */
export class ModelService {
  readonly #store: ModelStore;
  readonly #pool: TrainingPool;
  readonly #limits: InferenceLimits;
  readonly #registry = new Registry();
  readonly #lock = new KeyedLock();
  readonly #memory: InferenceMemory;
  readonly #loads: Loads;
  readonly #fits: Fits;

  private constructor({ store, pool, artifacts, onStale, trainingMemoryMb, ...limits }: ModelServiceOptions) {
    this.#store = store;
    this.#pool = pool;
    this.#limits = limits;
    this.#memory = new InferenceMemory(limits);
    const shared = { store, artifacts, registry: this.#registry, lock: this.#lock };
    this.#loads = new Loads({ ...shared, memory: this.#memory, onStale });
    this.#fits = new Fits({ ...shared, pool, loads: this.#loads, trainingMemoryMb });
  }

  /** Starts from what the store holds; `ignored` are the entries of its directory that are no models. */
  static async open(
    options: ModelServiceOptions,
  ): Promise<{ readonly service: ModelService; readonly ignored: readonly string[] }> {
    const service = new ModelService(options);
    const { models, ignored } = await options.store.scan();
    for (const found of models) service.#registry.add(found.name, found);
    return { service, ignored };
  }

  /**
   * Trains a model and stores it; see AcceptedFit.
   *
   * @throws MODEL_ALREADY_EXISTS, NO_FREE_TRAINING_SLOT, what the training throws,
   *   and the signal's reason.
   */
  async fit(envelope: FitEnvelope, rows: TrainingRows, signal: AbortSignal): Promise<ModelView> {
    // With the rows at hand, their shape counts before the name and the slot.
    featureNamesOf(rows.x, envelope.featureNames);
    return this.fittedBefore(envelope) ?? (await this.beginFit(envelope).train(rows, signal));
  }

  /** The stored model that this request has made before, if it has; it need not be made again. */
  fittedBefore({ name, requestId }: FitEnvelope): ModelView | undefined {
    const entry = this.#registry.find(name);
    if (requestId === '' || entry?.card?.requestId !== requestId || entry.fault !== undefined) return undefined;
    return viewOf(entry);
  }

  /**
   * Takes the name and a slot for a Fit, whose rows may come later.
   *
   * @throws MODEL_ALREADY_EXISTS, NO_FREE_TRAINING_SLOT.
   */
  beginFit(envelope: FitEnvelope): AcceptedFit {
    return this.#fits.begin(envelope);
  }

  /**
   * The model in memory, to predict with.
   *
   * @throws MODEL_NOT_FOUND, MODEL_NOT_LOADED, MODEL_IN_TRAINING, or why the
   *   artifact is unusable.
   */
  getLoaded(name: string): LoadedModel {
    requireName(name);
    const { loaded, fault } = this.#registry.getStored(name);
    if (loaded === undefined) throw fault ?? notLoaded(name);
    return loaded.model;
  }

  /**
   * Brings a model into memory; joins a load that is at work.
   *
   * @throws MODEL_ALREADY_LOADED, LOADED_MODEL_LIMIT_REACHED,
   *   LOADED_MEMORY_LIMIT_REACHED, MODEL_NOT_FOUND, MODEL_IN_TRAINING, or why the
   *   artifact is unusable.
   */
  async load(name: string): Promise<ModelView> {
    requireName(name);
    return this.#loads.load(name);
  }

  /**
   * Takes a model out of memory. New calls do not find it any more; those that use
   * it are waited for, and then its memory is given back.
   *
   * @throws MODEL_NOT_FOUND, MODEL_NOT_LOADED, MODEL_IN_TRAINING.
   */
  async unload(name: string): Promise<void> {
    requireName(name);
    this.#registry.getStored(name);
    const loaded = await this.#lock.run(name, async () => {
      const unloaded = this.#registry.unload(this.#registry.getStored(name));
      if (unloaded === undefined) throw notLoaded(name);
      return unloaded;
    });
    await this.#loads.retire(loaded);
  }

  /**
   * Removes a stored model, with `force` also a loaded one, as Unload does. A
   * training that is to replace it keeps the name.
   *
   * @throws MODEL_NOT_FOUND, MODEL_LOADED without `force`, MODEL_IN_TRAINING.
   */
  async remove(name: string, force: boolean): Promise<void> {
    requireName(name);
    this.#registry.getStored(name);
    const loaded = await this.#lock.run(name, async () => {
      const entry = this.#registry.getStored(name);
      if (entry.loaded !== undefined && !force) throw isLoaded([name]);
      await this.#store.remove(name);
      return this.#registry.remove(entry);
    });
    await this.#retire([loaded]);
  }

  /**
   * Removes every stored model, or none; returns how many. Trainings keep their
   * names.
   *
   * @throws MODEL_LOADED without `force`.
   */
  async removeAll(force: boolean): Promise<number> {
    const names = this.#registry.stored().map(({ name }) => name);
    const wanted = new Set(names);
    const removed = await this.#lock.runAll(names, async () => {
      // While this waited, some may have gone, and their names may be in training again.
      const entries = this.#registry.stored().filter(({ name }) => wanted.has(name));
      const loaded = entries.filter((entry) => entry.loaded !== undefined).map((entry) => entry.name);
      if (loaded.length > 0 && !force) throw isLoaded(loaded);
      await this.#store.removeAll(entries.map((entry) => entry.name));
      return entries.map((entry) => this.#registry.remove(entry));
    });
    await this.#retire(removed);
    return removed.length;
  }

  /** @throws MODEL_NOT_FOUND. */
  getModel(name: string): ModelView {
    requireName(name);
    return viewOf(this.#registry.get(name));
  }

  /** Up to `pageSize` models whose names come after `after`, and whether more follow. */
  listModels(pageSize: number, after: string): { readonly models: ModelView[]; readonly more: boolean } {
    const names = this.#registry.names().filter((name) => name > after);
    const models = names.slice(0, pageSize).map((name) => viewOf(this.#registry.get(name)));
    return { models, more: names.length > pageSize };
  }

  status(): ServerStatus {
    return {
      trainingSlots: this.#pool.size,
      busyTrainingSlots: this.#pool.busy,
      trainings: this.#registry.trainings(),
      loadedModels: this.#registry.loaded(),
      maxLoadedModels: this.#limits.maxLoadedModels,
      loadedBytes: this.#memory.bytes,
      maxLoadedBytes: this.#limits.maxLoadedBytes,
      storedModels: this.#registry.stored().length,
      replacedWorkers: this.#pool.replaced,
    };
  }

  async #retire(loaded: readonly (ModelInMemory | undefined)[]): Promise<void> {
    const each = loaded.filter((one) => one !== undefined);
    await Promise.all(each.map((one) => this.#loads.retire(one)));
  }
}

function notLoaded(name: string): DomainError {
  return new DomainError('MODEL_NOT_LOADED', `the model ${name} is stored, but not loaded; Load it first`);
}

function isLoaded(names: readonly string[]): DomainError {
  const list = names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
  const verb = names.length === 1 ? 'is' : 'are';
  return new DomainError('MODEL_LOADED', `${list} ${verb} loaded; unload first, or set force`);
}
