import { DomainError } from '../errors.js';
import type { EstimatorSpec } from '../estimators/estimator.js';
import { SharedProgress } from '../training/progress.js';
import type { LoadedModel } from './loaded-model.js';
import { type ModelCard, modelNotFound, type ModelView, type TrainingView } from './model.js';

/** A name that is taken: by an artifact, by a first training, or both in turn. */
export interface Entry {
  readonly name: string;
  /** What the artifact says; unset before there is one, and when it cannot be read. */
  card?: ModelCard;
  /** Why the artifact is unusable. */
  fault?: DomainError;
  loaded?: LoadedModel;
  /** The load at work, which later ones join. */
  loading?: Promise<ModelView>;
  training?: TrainingRun;
}

/** A training in flight; it holds its name until it ends. */
export interface TrainingRun {
  readonly estimator: EstimatorSpec;
  readonly startedAt: Date;
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
   * Takes `name` for a training, until `end`.
   *
   * @throws MODEL_ALREADY_EXISTS.
   */
  beginTraining(name: string, estimator: EstimatorSpec): TrainingRun {
    const taken = this.#entries.get(name);
    if (taken !== undefined) throw alreadyExists(taken);
    const training = { estimator, startedAt: new Date(), progress: new SharedProgress() };
    this.#entries.set(name, { name, training });
    return training;
  }

  /** Ends this training: its model is stored, or its name is free again. */
  endTraining(name: string, training: TrainingRun, card?: ModelCard): void {
    if (this.#entries.get(name)?.training !== training) return;
    if (card === undefined) this.#entries.delete(name);
    else this.#entries.set(name, { name, card });
  }

  delete(name: string): void {
    this.#entries.delete(name);
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
      throw new DomainError('MODEL_IN_TRAINING', `the first training of ${name} still runs; wait for its Fit to end`);
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

  /** Models in memory, and those on the way there. */
  loadedOrLoading(): number {
    return this.#count((entry) => entry.loaded !== undefined || entry.loading !== undefined);
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
    reason: entry.fault?.message ?? '',
    card: entry.card,
    training: entry.training && viewOfTraining(entry.name, entry.training),
    loadedBytes: 0,
  };
}

/** What frees the name differs: a model in training is not there yet to be removed. */
function alreadyExists({ name, training }: Entry): DomainError {
  const message =
    training === undefined
      ? `the model ${name} is stored already; remove it first, or choose another name`
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
  const { estimator, startedAt } = training;
  const progress = training.progress.read();
  const elapsedMs = Date.now() - startedAt.getTime();
  const remainingMs = progress.fraction > 0 ? (elapsedMs * (1 - progress.fraction)) / progress.fraction : undefined;
  return { name, estimator, startedAt, progress, remainingMs };
}
