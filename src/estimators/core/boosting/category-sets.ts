import type { ModelShape } from '../../estimator.js';
import { allFit, type InParts } from '../../in-parts.js';
import { dataOf, tensor, type Tensors } from '../../tensor.js';
import { ChunkedArray } from '../chunked-array.js';
import type { CategoryList } from './gradient-tree.js';

/**
 * The categories that splits list, those of one split after the other. The listed
 * ones go one way and all others the other way; but where those go that the training
 * has not seen is the estimator's to say, and where missing values do is in
 * `missing_left`.
 */
export interface CategorySets {
  /** Shape: n_category_splits + 1; categories [start[i], start[i + 1]) are those of split i. */
  readonly start: Uint32Array;
  /** Rising for each split. Only so many first categories can be listed that two bytes suffice. */
  readonly categories: Uint16Array;
  /** Shape: n_category_splits; 1 where the listed ones go left, else 0. */
  readonly listedLeft: Uint8Array;
}

/**
 * Reads the sets of trained trees: `category_start`, `listed_categories` and
 * `listed_left`; undefined where there are none, as in models without categories.
 *
 * @throws RangeError when a tensor is not one of such a model.
 */
export function* readCategorySets(tensors: Tensors): InParts<CategorySets | undefined> {
  if (tensors.category_start === undefined) return undefined;
  const start = dataOf(tensors, 'category_start', 'U32', [-1]);
  const categories = dataOf(tensors, 'listed_categories', 'U16', [-1]);
  const listedLeft = dataOf(tensors, 'listed_left', 'U8', [start.length - 1]);
  const rises = yield* allFit(start, (at, i) => (i === 0 ? at === 0 : at >= start[i - 1]));
  if (!rises || start[start.length - 1] !== categories.length) {
    throw new RangeError('tensor category_start has wrong offsets');
  }
  if (!(yield* allFit(listedLeft, (left) => left <= 1))) throw new RangeError('tensor listed_left is not of 0 and 1');
  return { start, categories, listedLeft };
}

/** Collects sets in the form that `readCategorySets` reads. */
export class CategorySetsWriter {
  readonly #start = new ChunkedArray(Uint32Array);
  readonly #categories = new ChunkedArray(Uint16Array);
  readonly #listedLeft = new ChunkedArray(Uint8Array);

  constructor() {
    this.#start.push(0);
  }

  /** Adds the set of a split; categories have the numbers of their bins. */
  add({ bins, goLeft }: CategoryList): void {
    for (const bin of bins.toSorted()) this.#categories.push(bin);
    this.#start.push(this.#categories.length);
    this.#listedLeft.push(goLeft ? 1 : 0);
  }

  /** The sets so far, if there are any; nothing can be added after. */
  tensors(): Tensors {
    const listedLeft = this.#listedLeft.take();
    if (listedLeft.length === 0) return {};
    const [start, categories] = [this.#start.take(), this.#categories.take()];
    return {
      category_start: tensor('U32', [start.length], start),
      listed_categories: tensor('U16', [categories.length], categories),
      listed_left: tensor('U8', [listedLeft.length], listedLeft),
    };
  }
}

/** The categories that split `split` lists. */
export function listedBy({ start, categories }: CategorySets, split: number): Uint16Array {
  return categories.subarray(start[split], start[split + 1]);
}

/** How many categories a feature of a model has; 0: it is a number. */
export function categoriesOf({ nCategories }: ModelShape, feature: number): number {
  return nCategories?.[feature] ?? 0;
}
