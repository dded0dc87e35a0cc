import { z } from 'zod';
import { DomainError, messageOf } from '../errors.js';
import { MAX_CATEGORIES } from '../estimators/category-limits.js';
import { ENGINE_NAMES, ESTIMATOR_KINDS } from '../estimators/estimator.js';
import type { Classes } from '../estimators/labels.js';
import type { Feature, ModelCard } from './model.js';

/** The format of models of numbers alone, which all versions read. */
const NUMERIC_VERSION = 1;
/** The format of models with categories: the newest that this version writes, and reads. */
const FORMAT_VERSION = 2;

const FORMAT = 'modelserver';

/** What a training hands over to be stored. */
export type NewModel = Omit<ModelCard, 'sha256' | 'sizeBytes'>;

/** The parts of a model that were learned, or decide what was: its sha256 covers them as they stand. */
export interface LearnedMetadata {
  readonly estimator: string;
  readonly classes: string;
  readonly features: string;
}

const jsonText = <T>(schema: z.ZodType<T>) =>
  z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(schema);
const wholeText = z.string().regex(/^\d+$/).transform(Number);
const digest = z.string().regex(/^[0-9a-f]{64}$/);

const featureFacts = { name: z.string(), importance: z.number().optional(), splits: z.number().optional() };

const schema = z.object({
  checksum: digest,
  sha256: digest,
  generation: wholeText,
  estimator: jsonText(
    z.object({
      kind: z.enum(ESTIMATOR_KINDS),
      engine: z.enum(ENGINE_NAMES),
      hyperparameters: z.record(z.string(), z.unknown()),
    }),
  ),
  classes: jsonText(
    z.union([
      z.object({ kind: z.literal('string'), values: z.array(z.string()).min(2) }),
      // Digits in strings: JSON numbers end at 2^53.
      z.object({ kind: z.literal('integer'), values: z.array(z.string().regex(/^-?\d+$/)).min(2) }),
    ]),
  ),
  features: jsonText(
    z
      .array(
        z.discriminatedUnion('kind', [
          z.object({ kind: z.literal('numeric'), ...featureFacts }),
          z.object({
            kind: z.literal('categorical'),
            categoryKind: z.enum(['string', 'integer']),
            nCategories: z.number().int().min(0).max(MAX_CATEGORIES),
            ...featureFacts,
          }),
        ]),
      )
      .min(1),
  ),
  /** Of each categorical feature, so that a model can be described without its data. */
  shown_categories: jsonText(z.array(z.array(z.string()))).optional(),
  n_samples: wholeText,
  metrics: jsonText(
    z.object({
      accuracy: z.number().optional(),
      logLoss: z.number().optional(),
      rocAuc: z.number().optional(),
      converged: z.boolean().optional(),
      nIter: z.number().optional(),
      bestIteration: z.number().optional(),
      oobScore: z.number().optional(),
    }),
  ),
  created_at: z.iso.datetime().transform((text) => new Date(text)),
  fit_duration_ms: wholeText,
  request_id: z.string(),
});

export function encodeLearned({ estimator, classes, features }: NewModel): LearnedMetadata {
  return {
    estimator: JSON.stringify(estimator),
    classes: JSON.stringify({ kind: classes.kind, values: Array.from(classes.values, String) }),
    features: JSON.stringify(features.map((feature) => ({ ...feature, shownCategories: undefined }))),
  };
}

/** What is shown of the categories of each categorical feature, where there are any. */
function encodeShown({ features }: NewModel): { readonly shown_categories?: string } {
  const shown = features.flatMap((feature) => (feature.kind === 'categorical' ? [feature.shownCategories] : []));
  return shown.length === 0 ? {} : { shown_categories: JSON.stringify(shown) };
}

/** The `__metadata__` of a model, all strings, `checksum` first. */
export function encodeMetadata(
  model: NewModel,
  learned: LearnedMetadata,
  sha256: string,
  checksum: string,
): Record<string, string> {
  return {
    checksum,
    format: FORMAT,
    format_version: String(model.features.every(({ kind }) => kind === 'numeric') ? NUMERIC_VERSION : FORMAT_VERSION),
    sha256,
    generation: String(model.generation),
    ...learned,
    ...encodeShown(model),
    n_samples: String(model.nSamples),
    metrics: JSON.stringify(model.metrics),
    created_at: model.createdAt.toISOString(),
    fit_duration_ms: String(Math.round(model.fitDurationMs)),
    request_id: model.requestId,
  };
}

/**
 * Reads `__metadata__`.
 *
 * @throws MODEL_FORMAT_UNSUPPORTED for a newer format, ZodError for what makes no sense.
 */
export function decodeMetadata(raw: unknown): {
  readonly card: Omit<ModelCard, 'sizeBytes'>;
  readonly checksum: string;
} {
  requireKnownFormat(raw);
  const metadata = schema.parse(raw);
  const { kind, values } = metadata.classes;
  const classes: Classes =
    kind === 'string' ? { kind, values } : { kind, values: BigInt64Array.from(values, (value) => BigInt(value)) };
  const card = {
    generation: metadata.generation,
    estimator: metadata.estimator,
    classes,
    features: withShown(metadata.features, metadata.shown_categories ?? []),
    nSamples: metadata.n_samples,
    metrics: metadata.metrics,
    createdAt: metadata.created_at,
    fitDurationMs: metadata.fit_duration_ms,
    requestId: metadata.request_id,
    sha256: metadata.sha256,
  };
  return { card, checksum: metadata.checksum };
}

type StoredFeature = z.infer<typeof schema>['features'][number];

function withShown(features: readonly StoredFeature[], shown: readonly (readonly string[])[]): Feature[] {
  let next = 0;
  const complete = features.map((feature): Feature => {
    if (feature.kind === 'numeric') return feature;
    return { ...feature, shownCategories: shown[next++] ?? [] };
  });
  if (next !== shown.length) throw corruptArtifact(`it shows categories of ${shown.length} features, and has ${next}`);
  return complete;
}

/** The error for a file that is not what was written. */
export function corruptArtifact(what: string, cause?: unknown): DomainError {
  const text = cause instanceof z.ZodError ? z.prettifyError(cause) : messageOf(cause);
  const detail = cause === undefined ? '' : ` (${text.replaceAll(/\s+/g, ' ').slice(0, 200)})`;
  return new DomainError('MODEL_CORRUPT', `the artifact is damaged: ${what}${detail}`, { cause });
}

/** A newer format may have changed anything else, so this is looked at before all. */
function requireKnownFormat(raw: unknown): void {
  const { format_version: version } = z
    .looseObject({ format: z.literal(FORMAT), format_version: wholeText })
    .parse(raw);
  if (version > FORMAT_VERSION) {
    throw new DomainError(
      'MODEL_FORMAT_UNSUPPORTED',
      `the artifact has format version ${version}; this server reads up to ${FORMAT_VERSION}: update the server, or train the model again`,
    );
  }
}
