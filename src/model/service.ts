import { DomainError, invalid } from '../errors.js';
import type { EstimatorSpec } from '../estimators/estimator.js';
import type { Labels } from '../estimators/labels.js';
import type { SlotLease, TrainingPool } from '../training/pool.js';
import type { FitJob } from '../training/protocol.js';
import { decodeArtifact, encodeArtifact } from './artifact.js';
import { CategoricalColumns } from './categorical-columns.js';
import { categoryTensors } from './category-tensors.js';
import { featureNamesOf, featuresOf, type NamedMatrix } from './features.js';
import { KeyedLock } from './keyed-lock.js';
import { LoadedModel } from './loaded-model.js';
import { endOfTraining, withImportances } from './training-facts.js';
import { type ModelCard, type ModelView, requireName, type TrainingView } from './model.js';
import { Registry, type TrainingRun, viewOf, viewOfTraining } from './registry.js';
import type { ModelStore } from './store.js';

/** What a Fit is to do, decoded and checked; its rows may be here already, or still to come. */
export interface FitEnvelope {
  readonly name: string;
  readonly estimator: EstimatorSpec;
  readonly seed: number;
  /** Whether each class weighs as much as the others. */
  readonly balanced: boolean;
  /** Share of the rows to hold out and score on; 0: none. */
  readonly validationFraction: number;
  /** Boosting ends after so many iterations without a better loss on the rows held out; 0: never. */
  readonly earlyStoppingRounds: number;
  /** [] where the caller names none. */
  readonly featureNames: readonly string[];
  /** The columns of x that hold categories as integers; all different. Strings are categories anyway. */
  readonly categoricalFeatures: readonly number[];
  /** '' where the caller gives none. */
  readonly requestId: string;
}

/** What a Fit trains on. The training owns it: it is written over, and gone once it has been handed over. */
export interface TrainingRows {
  readonly x: NamedMatrix;
  /** Shape: x.rows. */
  readonly y: Labels;
  /** Shape: x.rows; absent: all 1. */
  readonly sampleWeight?: Float64Array<ArrayBuffer>;
}

/** A Fit that has its name and its slot. Either `train` or `release` must be called; both give them back. */
export interface AcceptedFit {
  /** How far it is; its view goes on changing. */
  progress(): TrainingView;
  /**
   * Trains and stores the model. Whatever goes wrong, name and slot are given back
   * and nothing stays on disk.
   *
   * @throws what the training throws, and the signal's reason.
   */
  train(rows: TrainingRows, signal: AbortSignal): Promise<ModelView>;
  /** Gives name and slot back, for a Fit whose rows will not come; it does nothing once `train` was called. */
  release(): void;
}

export interface ServerStatus {
  readonly trainingSlots: number;
  readonly busyTrainingSlots: number;
  readonly trainings: readonly TrainingView[];
  readonly loadedModels: number;
  readonly maxLoadedModels: number;
  /** What the loaded models take in memory, and the most that they may. */
  readonly loadedBytes: number;
  readonly maxLoadedBytes: number;
  readonly storedModels: number;
  readonly replacedWorkers: number;
}

export interface ModelServiceOptions {
  readonly store: ModelStore;
  readonly pool: TrainingPool;
  readonly maxLoadedModels: number;
  /** The most memory of all loaded models together. */
  readonly maxLoadedBytes: number;
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
  readonly #maxLoadedModels: number;
  readonly #maxLoadedBytes: number;
  readonly #trainingMemoryMb: number;
  readonly #registry = new Registry();
  readonly #lock = new KeyedLock();

  private constructor({ store, pool, maxLoadedModels, maxLoadedBytes, trainingMemoryMb }: ModelServiceOptions) {
    this.#store = store;
    this.#pool = pool;
    this.#maxLoadedModels = maxLoadedModels;
    this.#maxLoadedBytes = maxLoadedBytes;
    this.#trainingMemoryMb = trainingMemoryMb;
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
   * Trains a model and stores it. Whatever goes wrong, name and slot are given
   * back and nothing stays on disk.
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
    const { name, estimator } = envelope;
    requireName(name);
    const training = this.#registry.beginTraining(name, estimator);
    let slot: SlotLease;
    try {
      slot = this.#pool.acquire();
    } catch (error) {
      this.#registry.endTraining(name, training);
      throw error;
    }
    let isOpen = true;
    const end = (stored?: ModelCard) => {
      slot.release();
      this.#registry.endTraining(name, training, stored);
    };
    return {
      progress: () => viewOfTraining(name, training),
      train: async (rows, signal) => {
        isOpen = false;
        let stored: ModelCard | undefined;
        try {
          stored = await this.#train(envelope, rows, { slot, training, signal });
        } finally {
          end(stored);
        }
        return viewOf(this.#registry.get(name));
      },
      release: () => {
        if (isOpen) end();
        isOpen = false;
      },
    };
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
    return loaded;
  }

  /**
   * Brings a model into memory; joins a load that is at work.
   *
   * @throws MODEL_ALREADY_LOADED, LOADED_MODEL_LIMIT_REACHED, MODEL_NOT_FOUND,
   *   MODEL_IN_TRAINING, or why the artifact is unusable.
   */
  async load(name: string): Promise<ModelView> {
    requireName(name);
    const entry = this.#registry.getStored(name);
    if (entry.loading !== undefined) return entry.loading;
    if (entry.loaded !== undefined) {
      throw new DomainError('MODEL_ALREADY_LOADED', `the model ${name} is loaded already`);
    }
    if (this.#registry.loadedOrLoading() >= this.#maxLoadedModels) {
      throw new DomainError(
        'LOADED_MODEL_LIMIT_REACHED',
        `${this.#maxLoadedModels} models are loaded, the most that MAX_INFERENCE_MODELS allows; unload one first`,
      );
    }
    entry.loading = this.#lock
      .run(name, () => this.#loadFromDisk(name))
      .finally(() => {
        entry.loading = undefined;
      });
    return entry.loading;
  }

  /** @throws MODEL_NOT_FOUND, MODEL_NOT_LOADED, MODEL_IN_TRAINING. */
  async unload(name: string): Promise<void> {
    requireName(name);
    this.#registry.getStored(name);
    await this.#lock.run(name, async () => {
      const entry = this.#registry.getStored(name);
      if (entry.loaded === undefined) throw notLoaded(name);
      // Predictions in flight keep the model they began with; then it is collected.
      entry.loaded = undefined;
    });
  }

  /** @throws MODEL_NOT_FOUND, MODEL_LOADED without `force`, MODEL_IN_TRAINING. */
  async remove(name: string, force: boolean): Promise<void> {
    requireName(name);
    this.#registry.getStored(name);
    await this.#lock.run(name, async () => {
      const entry = this.#registry.getStored(name);
      if (entry.loaded !== undefined && !force) throw isLoaded([name]);
      await this.#store.remove(name);
      this.#registry.delete(name);
    });
  }

  /**
   * Removes every stored model, or none; returns how many. First trainings keep
   * their names.
   *
   * @throws MODEL_LOADED without `force`.
   */
  async removeAll(force: boolean): Promise<number> {
    const names = this.#registry.stored().map(({ name }) => name);
    const wanted = new Set(names);
    return this.#lock.runAll(names, async () => {
      // While this waited, some may have gone, and their names may be in training again.
      const entries = this.#registry.stored().filter(({ name }) => wanted.has(name));
      const loaded = entries.filter((entry) => entry.loaded !== undefined).map((entry) => entry.name);
      if (loaded.length > 0 && !force) throw isLoaded(loaded);
      const stored = entries.map((entry) => entry.name);
      await this.#store.removeAll(stored);
      for (const name of stored) this.#registry.delete(name);
      return stored.length;
    });
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
      maxLoadedModels: this.#maxLoadedModels,
      loadedBytes: 0,
      maxLoadedBytes: this.#maxLoadedBytes,
      storedModels: this.#registry.stored().length,
      replacedWorkers: this.#pool.replaced,
    };
  }

  /** Trains, and stores what was learned. */
  async #train(
    envelope: FitEnvelope,
    { x, y, sampleWeight }: TrainingRows,
    { slot, training, signal }: { slot: SlotLease; training: TrainingRun; signal: AbortSignal },
  ): Promise<ModelCard> {
    const { name, estimator, seed, balanced, validationFraction, earlyStoppingRounds } = envelope;
    const names = featureNamesOf(x, envelope.featureNames);
    const { rows, columns, data, encoding } = x;
    const categorical = await CategoricalColumns.of(x, names, envelope.categoricalFeatures, signal);
    const job: FitJob = {
      spec: estimator,
      x: { rows, columns, data, encoding },
      categorical: categorical.columns,
      y,
      seed,
      weighting: { sampleWeight, balanced },
      validationFraction,
      earlyStoppingRounds,
      memoryMb: this.#trainingMemoryMb,
    };
    const fitted = await slot.train(job, training.progress, signal);
    const createdAt = new Date();
    const categories = categorical.categoriesOf(columns, fitted.categories);
    const { card, bytes } = await encodeArtifact(
      {
        generation: 1,
        estimator: { ...estimator, hyperparameters: fitted.hyperparameters },
        classes: fitted.classes,
        features: withImportances(featuresOf(names, categories), fitted.tensors),
        nSamples: rows,
        metrics: { ...fitted.scores, ...endOfTraining(fitted.tensors) },
        createdAt,
        fitDurationMs: createdAt.getTime() - training.startedAt.getTime(),
        requestId: envelope.requestId,
      },
      { ...fitted.tensors, ...(await categoryTensors(categories, signal)) },
    );
    await this.#store.write(name, bytes, signal);
    return card;
  }

  async #loadFromDisk(name: string): Promise<ModelView> {
    // A removal may have come first while this waited.
    const entry = this.#registry.getStored(name);
    try {
      const { card, tensors } = await decodeArtifact(await this.#store.read(name));
      entry.loaded = await LoadedModel.of(card, tensors);
      entry.card = card;
      entry.fault = undefined;
    } catch (error) {
      // What the disk refuses today it may give tomorrow; only a bad artifact stays bad.
      if (error instanceof DomainError && error.reason !== 'INTERNAL') entry.fault = error;
      throw error;
    }
    return viewOf(entry);
  }
}

/** The largest request_id, in characters. */
const MAX_REQUEST_ID = 128;

/** @throws INVALID_REQUEST. */
export function requireRequestId(requestId: string): void {
  if (requestId.length > MAX_REQUEST_ID) {
    throw invalid('request_id', `has ${requestId.length} characters; at most ${MAX_REQUEST_ID} are kept`);
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
