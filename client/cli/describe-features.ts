import type { ColumnKind } from '../csv/column-kind.js';
import { shorten } from '../shorten.js';

/** What there is to say about a feature. */
export interface FeatureSummary {
  readonly name: string;
  readonly kind: ColumnKind;
  /** How many categories it has. */
  readonly nCategories?: number;
  /** In how many rows it is missing. */
  readonly nMissing?: number;
}

/** How many features of a kind are named. */
const MOST_NAMES = 6;

/**
 * The features by their kinds, on one line however many they are: '2 numeric: age (3 missing), income; 1
 * categorical: city (17)', where 17 is the number of categories.
 */
export function describeFeatures(features: readonly FeatureSummary[]): string {
  return (['numeric', 'categorical'] as const)
    .map((kind) => ({ kind, ofKind: features.filter((feature) => feature.kind === kind) }))
    .filter(({ ofKind }) => ofKind.length > 0)
    .map(({ kind, ofKind }) => `${ofKind.length} ${kind}: ${nameSome(ofKind)}`)
    .join('; ');
}

function nameSome(features: readonly FeatureSummary[]): string {
  const named = features.slice(0, MOST_NAMES).map(describeFeature);
  return [...named, ...(features.length > MOST_NAMES ? ['…'] : [])].join(', ');
}

function describeFeature({ name, nCategories, nMissing = 0 }: FeatureSummary): string {
  const remarks = [
    ...(nCategories === undefined ? [] : [String(nCategories)]),
    ...(nMissing === 0 ? [] : [`${nMissing} missing`]),
  ];
  return remarks.length === 0 ? shorten(name) : `${shorten(name)} (${remarks.join(', ')})`;
}
