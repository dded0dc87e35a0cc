import type { TileLayout } from '../boosting/tile-layout.js';
import type { BorderedFeature } from './bordered-feature.js';
import type { FeatureSplit } from './oblivious-tree.js';

/** A split of a row's bins as the kernels' file oblivious-leaves has it. */
export type SplitWords = readonly [bytesBefore: number, flips: number, bits: number, cut: number];

/** A split that is 0 everywhere. */
export const NEVER: SplitWords = [0, 0, 0, 0xffff_ffff];

export function splitWords(
  { places }: TileLayout,
  features: readonly BorderedFeature[],
  { feature, cut }: FeatureSplit,
): SplitWords {
  const { bytesBefore, binBytes } = places[feature];
  const bits = binBytes === 1 ? 0xff : 0xffff;
  if (features[feature].categories === undefined) return [bytesBefore, 0, bits, cut];
  // Flipped by all others, its own bits alone are all 1.
  return [bytesBefore, bits & ~cut, bits, bits - 1];
}
