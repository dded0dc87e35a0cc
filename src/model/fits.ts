import { invalid } from '../errors.js';
import type { EstimatorSpec } from '../estimators/estimator.js';
import type { Labels } from '../estimators/labels.js';
import type { SlotLease, TrainingPool } from '../training/pool.js';
import type { FitJob } from '../training/protocol.js';
import type { Artifact } from './artifact.js';
import type { ArtifactThread } from './artifact-thread.js';
import { CategoricalColumns } from './categorical-columns.js';
import { categoryTensors } from './category-tensors.js';
import { featureNamesOf, featuresOf, type NamedMatrix } from './features.js';
import type { KeyedLock } from './keyed-lock.js';
import type { Loads } from './loads.js';
import { type ModelView, requireName, type TrainingView } from './model.js';
import { type Entry, type ModelInMemory, type Registry, type TrainingRun, viewOf, viewOfTraining } from './registry.js';
import type { ModelStore } from './store.js';
import { endOfTraining, withImportances } from './training-facts.js';

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
  /** Whether a stored model of that name is replaced. */
  readonly replace: boolean;
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
   * Trains and stores the model. Whatever goes wrong before it is stored, name and
   * slot are given back, and all is as it was; nothing can undo it after. Where it
   * replaces a loaded one, it is loaded in its place before this comes back.
   *
   * @throws what the training throws, and the signal's reason.
   */
  train(rows: TrainingRows, signal: AbortSignal): Promise<ModelView>;
  /** Gives name and slot back, for a Fit whose rows will not come; it does nothing once `train` was called. */
  release(): void;
}

export interface FitsOptions {
  readonly store: ModelStore;
  readonly pool: TrainingPool;
  readonly artifacts: ArtifactThread;
  readonly registry: Registry;
  readonly lock: KeyedLock;
  readonly loads: Loads;
  /** The most memory that one training may take, in MiB. */
  readonly trainingMemoryMb: number;
}

/** A training with what it has taken. */
interface Run {
  readonly slot: SlotLease;
  readonly training: TrainingRun;
  readonly signal: AbortSignal;
}

/** Trains models and stores them: new ones, and those that replace others. */
export class Fits {
  readonly #store: ModelStore;
  readonly #pool: TrainingPool;
  readonly #artifacts: ArtifactThread;
  readonly #registry: Registry;
  readonly #lock: KeyedLock;
  readonly #loads: Loads;
  readonly #trainingMemoryMb: number;

  constructor({ store, pool, artifacts, registry, lock, loads, trainingMemoryMb }: FitsOptions) {
    this.#store = store;
    this.#pool = pool;
    this.#artifacts = artifacts;
    this.#registry = registry;
    this.#lock = lock;
    this.#loads = loads;
    this.#trainingMemoryMb = trainingMemoryMb;
  }

  /**
   * Takes the name and a slot for a Fit, whose rows may come later.
   *
   * @throws MODEL_ALREADY_EXISTS, NO_FREE_TRAINING_SLOT.
   */
  begin(envelope: FitEnvelope): AcceptedFit {
    const { name, estimator, replace } = envelope;
    requireName(name);
    const training = this.#registry.beginTraining(name, estimator, replace);
    let slot: SlotLease;
    try {
      slot = this.#pool.acquire();
    } catch (error) {
      this.#registry.endTraining(name);
      throw error;
    }
    let isOpen = true;
    const end = () => {
      slot.release();
      this.#registry.endTraining(name);
    };
    return {
      progress: () => viewOfTraining(name, training),
      train: async (rows, signal) => {
        isOpen = false;
        training.learningSince = new Date();
        let stored: Entry;
        try {
          stored = await this.#train(envelope, rows, { slot, training, signal });
        } finally {
          end();
        }
        return viewOf(stored);
      },
      release: () => {
        if (isOpen) end();
        isOpen = false;
      },
    };
  }

  /** Trains, stores what was learned, and lets it serve where it replaces a model that does. */
  async #train(envelope: FitEnvelope, rows: TrainingRows, run: Run): Promise<Entry> {
    const { name, replace } = envelope;
    const { card, bytes } = await this.#learn(envelope, rows, run);
    const staged = await this.#store.stage(name, bytes);
    let entry: Entry;
    let old: ModelInMemory | undefined;
    try {
      [entry, old] = await this.#lock.run(name, async () => {
        run.signal.throwIfAborted();
        await staged.commit({ replace });
        const committed = this.#registry.commit(name, card);
        return [committed, committed.loaded];
      });
    } finally {
      await staged.discard();
    }
    run.slot.release();
    if (old !== undefined && entry.loaded === old) await this.#loads.replace(entry, old, bytes);
    else this.#artifacts.release(bytes.buffer);
    // It was stored, though it may have been removed since.
    return entry.card === undefined ? { name, card } : entry;
  }

  async #learn(
    envelope: FitEnvelope,
    { x, y, sampleWeight }: TrainingRows,
    { slot, training, signal }: Run,
  ): Promise<Artifact> {
    const { estimator, seed, balanced, validationFraction, earlyStoppingRounds } = envelope;
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
    const categories = await categorical.categoriesOf(columns, fitted.categories, signal);
    return this.#artifacts.encode(
      {
        generation: training.generation,
        estimator: { ...estimator, hyperparameters: fitted.hyperparameters },
        classes: fitted.classes,
        features: withImportances(featuresOf(names, categories), fitted.tensors),
        nSamples: rows,
        metrics: { ...fitted.scores, ...endOfTraining(fitted.tensors) },
        createdAt,
        fitDurationMs: createdAt.getTime() - (training.learningSince ?? training.startedAt).getTime(),
        requestId: envelope.requestId,
      },
      { ...fitted.tensors, ...(await categoryTensors(categories, signal)) },
    );
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
