import { type Estimator, estimatorKind } from '../estimator.js';
import type { Metrics, Model } from '../model.js';
import { snakeCase } from '../names.js';
import { shorten } from '../shorten.js';
import { formatBytes, formatDuration, formatList, formatShare, formatTime } from '../terminal/format.js';
import { formatProgress } from '../terminal/progress-bar.js';
import type { Style } from '../terminal/style.js';
import { formatPairs, formatTable } from '../terminal/table.js';
import { describeFeatures } from './describe-features.js';

/** How many features are named with their importance before the rest is counted. */
const MOST_FEATURES = 6;
/** How long a name may be beside its importance, so that both are shown. */
const MOST_LETTERS = 30;

/** A model on some lines. */
export function describeModel(model: Model, style: Style): string {
  const { estimator, metrics, training } = model;
  return [
    `${style.bold(model.name)}  ${formatState(model, style)}`,
    formatPairs(
      [
        ['reason', model.reason],
        ['estimator', estimator && formatKind(estimator)],
        ['hyperparameters', estimator && formatHyperparameters(estimator)],
        ['classes', model.classes && formatList(model.classes)],
        ['features', model.features.length === 0 ? undefined : describeFeatures(model.features)],
        ['samples', model.nSamples],
        ['accuracy', metrics.accuracy === undefined ? undefined : formatShare(metrics.accuracy)],
        ['out-of-bag accuracy', metrics.oobScore === undefined ? undefined : formatShare(metrics.oobScore)],
        ['log loss', metrics.logLoss?.toFixed(4)],
        ['ROC AUC', metrics.rocAuc?.toFixed(4)],
        ['iterations', formatIterations(metrics)],
        ['importances', formatImportances(model.features)],
        ['trained in', model.fitDurationMs === undefined ? undefined : formatDuration(model.fitDurationMs)],
        ['created', model.createdAt && `${formatTime(model.createdAt)} UTC`],
        ['generation', model.generation],
        ['size', formatBytes(model.sizeBytes)],
        ['in memory', model.loadedBytes === 0 ? undefined : formatBytes(model.loadedBytes)],
        ['sha256', model.sha256 === '' ? undefined : model.sha256],
        ['training', training && formatProgress(training, 0, style)],
      ],
      style,
    ),
  ].join('\n');
}

/** Models in a table. */
export function formatModels(models: readonly Model[], style: Style): string {
  if (models.length === 0) return style.dim('  no models');
  return formatTable(
    [
      { title: 'name' },
      { title: 'state' },
      { title: 'estimator' },
      { title: 'classes', align: 'right' },
      { title: 'features', align: 'right' },
      { title: 'samples', align: 'right' },
      { title: 'size', align: 'right' },
      { title: 'created (UTC)' },
    ],
    models.map((model) => [
      model.name,
      formatState(model, style),
      model.estimator ? formatKind(model.estimator) : '–',
      model.classes?.length ?? '–',
      model.nFeaturesIn,
      model.nSamples,
      formatBytes(model.sizeBytes),
      formatTime(model.createdAt),
    ]),
    style,
  );
}

function formatState({ state, training }: Model, style: Style): string {
  const text = training && state !== 'training' ? `${state}, training` : state;
  switch (state) {
    case 'loaded':
      return style.good(text);
    case 'unavailable':
      return style.bad(text);
    case 'training':
      return style.accent(text);
    default:
      return text;
  }
}

/** The iterations that an iterative training took, and how it ended. */
function formatIterations({ nIter, bestIteration, converged }: Metrics): string | undefined {
  if (nIter === undefined) return undefined;
  if (bestIteration !== undefined) return `${nIter}, the best of them ${bestIteration}`;
  return converged === false ? `${nIter}, not converged` : String(nIter);
}

/** The features that the splits gained most by. */
function formatImportances(features: Model['features']): string | undefined {
  const measured = features.flatMap(({ name, importance = 0 }) => (importance > 0 ? [{ name, importance }] : []));
  if (measured.length === 0) return undefined;
  const falling = measured.toSorted((a, b) => b.importance - a.importance);
  return formatList(
    falling.map(({ name, importance }) => `${shorten(name, MOST_LETTERS)} ${formatShare(importance)}`),
    MOST_FEATURES,
  );
}

function formatKind(estimator: Estimator): string {
  return snakeCase(estimatorKind(estimator) ?? 'unknown');
}

function formatHyperparameters(estimator: Estimator): string | undefined {
  const kind = estimatorKind(estimator);
  const entries = Object.entries((kind && estimator[kind]) ?? {});
  if (entries.length === 0) return undefined;
  return entries.map(([name, value]) => `${snakeCase(name)}=${formatValue(value)}`).join('  ');
}

function formatValue(value: unknown): string {
  // { count: 3 } and { fraction: 0.5 }: the number says which of them it is.
  return String(typeof value === 'object' && value !== null ? Object.values(value)[0] : value);
}
