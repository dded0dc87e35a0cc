import { CategoryRules, searchCategories } from './category-split';
import { FeatureBins, GradientSplit, NUMBERS, sweepFrom } from './gradient-split';
import { Penalties } from './leaf-score';

export const NO_FEATURE: u32 = 0xffff_ffff;

/**
 * Looks for the best split of a node at all allowed features. Of equal cuts of a
 * feature the lowest one is kept, or the highest one if `fromAbove` says so;
 * missing values go to the side that the sweep does not come from. The rows of a
 * bin are estimated by its hessians, as LightGBM does, which keeps no counts.
 * Scores are rounded as the namesakes round them, since that decides between cuts
 * that are equally good but for it, and small nodes have many of those.
 *
 * @param histograms those of all features, each f64[nBins][2]
 * @param features FeatureBins[nFeatures]
 * @param count the rows of the node
 * @param gradient the sum of their gradients
 * @param hessian the sum of their hessians
 * @param categories CategoryRules, if there are features of categories
 * @param fromAbove whether the sweep over values comes from the highest bin
 * @param floor what the score of a split has to be above
 * @param splittable u8[nFeatures], or 0 for none: whether any cut of each feature was above the floor in the node
 *   above, and is here. Others are not looked at.
 */
export function findSplit(
  histograms: usize,
  features: usize,
  nFeatures: u32,
  count: u32,
  gradient: f64,
  hessian: f64,
  penalties: Penalties,
  categories: usize,
  fromAbove: bool,
  floor: f64,
  splittable: usize,
  best: GradientSplit,
): void {
  best.score = floor;
  best.floor = floor;
  best.feature = NO_FEATURE;
  hessian += 2 * penalties.extra;
  for (let i: u32 = 0; i < nFeatures; i++) {
    const feature = changetype<FeatureBins>(features + <usize>i * offsetof<FeatureBins>());
    if (!feature.allowed || (splittable != 0 && !load<u8>(splittable + i))) continue;
    const found = best.score;
    const histogram = histograms + <usize>feature.histogramAt;
    best.isSplittable = <u32>(splittable == 0);
    if (feature.kind == NUMBERS) {
      sweepFrom(fromAbove, histogram, feature, count, gradient, hessian, penalties, best);
      if (feature.hasMissing) sweepFrom(!fromAbove, histogram, feature, count, gradient, hessian, penalties, best);
    } else {
      const rules = changetype<CategoryRules>(categories);
      searchCategories(histogram, feature, count, gradient, hessian, penalties, rules, best);
    }
    if (best.score > found) best.feature = i;
    if (splittable != 0) store<u8>(splittable + i, best.isSplittable);
  }
}
