import { invalid } from '../../../errors.js';
import type { TrainingSet } from '../../estimator.js';

/**
 * Refuses categories that are missing: as in CatBoost, statistics are of categories
 * only, and what a gap stands for is for the caller to say.
 *
 * @throws INVALID_REQUEST for the first of them.
 */
export function requireCategories({ x, nFeatures, nCategories }: TrainingSet): void {
  const columns = [...(nCategories ?? [])].flatMap((count, column) => (count > 0 ? [column] : []));
  for (const column of columns) {
    for (let at = column; at < x.length; at += nFeatures) {
      if (!Number.isNaN(x[at])) continue;
      throw invalid(
        'x',
        `row ${Math.floor(at / nFeatures)} has no category in column ${column}: cat_boost_classifier takes no missing ` +
          'categories, give them one of their own (a code that no other has)',
      );
    }
  }
}
