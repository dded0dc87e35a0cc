import { DomainError } from '../errors.js';
import type { EstimatorSpec } from '../estimators/estimator.js';
import { SharedProgress } from '../training/progress.js';
import type { Place } from './inference-memory.js';
import type { LoadedModel } from './loaded-model.js';
import { type ModelCard, modelNotFound, type ModelView, type TrainingView } from './model.js';

/** A name that is taken: by an artifact, by a training, or both. */
export interface Entry {
  readonly name: string;
  /** What the artifact says; unset before there is one, and when it cannot be read. */
  card?: ModelCard;
  /** Why the artifact is unusable. */
  fault?: DomainError;
  loaded?: ModelInMemory;
  /** Why the model in memory is older than the artifact; unset where it is not. */
  staleness?: string;
  /** The load at work, which later ones join. */
  loading?: Promise<ModelView>;
  training?: TrainingRun;
}

/** A model that predicts, and what it takes. */
export interface ModelInMemory {
  readonly model: LoadedModel;
  readonly place: Place;
  /** What the model reads where it was loaded to. */
  readonly buffers: readonly ArrayBuffer[];
  /** Of the model that is being loaded to replace it. */
  successor?: Place;
}

/** A training in flight; it holds its name until it ends. */
export interface TrainingRun {
  /** Of the artifact that it makes: one more than was stored when it began. */
  readonly generation: number;
  readonly estimator: EstimatorSpec;
  /** When it took its slot. */
  readonly startedAt: Date;
  /** When its rows were there; unset before. */
  learningSince?: Date;
  readonly progress: SharedProgress;
}

/**
 * The names and states of all models, in memory. Everything here is synchronous:
 * two calls can never both find a name free.
 */
export class Registry {
  readonly #entries = new Map<string, Entry>();

  /** Adds what a scan of the disk has found. */
  add(name: string, found: { readonly card: ModelCard } | { readonly fault: DomainError }): void {
    this.#entries.set(name, { name, ...found });
  }

  /**
   * Takes `name` for a training, until `endTraining`.
   *
   * @param replace whether what is stored may be replaced
   * @throws MODEL_ALREADY_EXISTS.
   */
  beginTraining(name: string, estimator: EstimatorSpec, replace: boolean): TrainingRun {
    const taken = this.#entries.get(name);
    if (taken !== undefined && (taken.training !== undefined || !replace)) throw alreadyExists(taken);
    const entry = taken ?? { name };
    const generation = (entry.card?.generation ?? 0) + 1;
    entry.training = { generation, estimator, startedAt: new Date(), progress: new SharedProgress() };
    this.#entries.set(name, entry);
    return entry.training;
  }

  /** The model of the training that runs for `name` is stored; what was loaded before stays so. */
  commit(name: string, card: ModelCard): Entry {
    const entry = this.get(name);
    entry.card = card;
    entry.fault = undefined;
    return entry;
  }

  /** Ends the training of `name`, which is free again when nothing is stored. */
  endTraining(name: string): void {
    const entry = this.get(name);
    entry.training = undefined;
    if (!isStored(entry)) this.#entries.delete(name);
  }

  /** Takes the model out of memory, as far as new calls see. */
  unload(entry: Entry): ModelInMemory | undefined {
    const { loaded } = entry;
    entry.loaded = undefined;
    entry.staleness = undefined;
    return loaded;
  }

  /** Forgets the artifact, which has been removed, and what is loaded of it; a training keeps the name. */
  remove(entry: Entry): ModelInMemory | undefined {
    entry.card = undefined;
    entry.fault = undefined;
    if (entry.training === undefined) this.#entries.delete(entry.name);
    return this.unload(entry);
  }

  find(name: string): Entry | undefined {
    return this.#entries.get(name);
  }

  /** @throws MODEL_NOT_FOUND. */
  get(name: string): Entry {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw modelNotFound(name);
    return entry;
  }

  /** @throws MODEL_NOT_FOUND, or MODEL_IN_TRAINING when nothing is stored yet. */
  getStored(name: string): Entry {
    const entry = this.get(name);
    if (!isStored(entry)) {
      throw new DomainError(
        'MODEL_IN_TRAINING',
        `the model ${name} is in training, and nothing is stored of it yet; wait for its Fit to end`,
      );
    }
    return entry;
  }

  /** All that have an artifact, usable or not. */
  stored(): Entry[] {
    return [...this.#entries.values()].filter(isStored);
  }

  /** All names, in order. */
  names(): string[] {
    return [...this.#entries.keys()].toSorted();
  }

  trainings(): TrainingView[] {
    return [...this.#entries.values()].flatMap(({ name, training }) =>
      training ? [viewOfTraining(name, training)] : [],
    );
  }

  loaded(): number {
    return this.#count((entry) => entry.loaded !== undefined);
  }

  #count(matches: (entry: Entry) => boolean): number {
    let count = 0;
    for (const entry of this.#entries.values()) if (matches(entry)) count++;
    return count;
  }
}

export function viewOf(entry: Entry): ModelView {
  return {
    name: entry.name,
    state: stateOf(entry),
    reason: entry.fault?.message ?? entry.staleness ?? '',
    card: entry.card,
    training: entry.training && viewOfTraining(entry.name, entry.training),
    loadedBytes: entry.loaded?.place.bytes ?? 0,
  };
}

/** What frees the name differs: a model in training is not there yet to be removed. */
function alreadyExists({ name, training }: Entry): DomainError {
  const message =
    training === undefined
      ? `the model ${name} is stored already; set options.replace, remove it first, or choose another name`
      : `the model ${name} is in training; wait for its Fit to end or cancel it, or choose another name`;
  return new DomainError('MODEL_ALREADY_EXISTS', message);
}

function stateOf(entry: Entry): ModelView['state'] {
  if (entry.loaded !== undefined) return 'loaded';
  if (entry.fault !== undefined) return 'unavailable';
  return entry.card === undefined ? 'training' : 'stored';
}

function isStored(entry: Entry): boolean {
  return entry.card !== undefined || entry.fault !== undefined;
}

export function viewOfTraining(name: string, training: TrainingRun): TrainingView {
  const { estimator, startedAt, learningSince = startedAt } = training;
  const progress = training.progress.read();
  const elapsedMs = Date.now() - learningSince.getTime();
  const remainingMs = progress.fraction > 0 ? (elapsedMs * (1 - progress.fraction)) / progress.fraction : undefined;
  return { name, estimator, startedAt, progress, remainingMs };
}
