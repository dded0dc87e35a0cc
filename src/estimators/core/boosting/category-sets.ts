import type { ModelShape } from '../../estimator.js';
import { dataOf, tensor, type Tensors } from '../../tensor.js';
import { ChunkedArray } from '../chunked-array.js';
import type { CategoryList } from './gradient-tree.js';

/** The categories of a word of a set. */
const WORD_BITS = 32;

/**
 * The categories that splits list, those of one split after the other. The listed
 * ones go one way and all others the other way, those that the training has not
 * seen apart: where they go is the estimator's, and where missing values do is in
 * `missing_left`.
 */
export interface CategorySets {
  /** Shape: n_category_splits + 1; words [start[i], start[i + 1]) are those of split i. */
  readonly start: Uint32Array;
  /** A category is listed where bit c % 32 of word c / 32 is set; words after the last one with a bit are left out. */
  readonly words: Uint32Array;
  /** Shape: n_category_splits; 1 where the listed ones go left, else 0. */
  readonly listedLeft: Uint8Array;
}

/**
 * Reads the sets of trained trees: `category_start`, `category_words` and
 * `listed_left`; undefined where there are none, as in models without categories.
 *
 * @throws RangeError when a tensor is not one of such a model.
 */
export function readCategorySets(tensors: Tensors): CategorySets | undefined {
  if (tensors.category_start === undefined) return undefined;
  const start = dataOf(tensors, 'category_start', 'U32', [-1]);
  const words = dataOf(tensors, 'category_words', 'U32', [-1]);
  const listedLeft = dataOf(tensors, 'listed_left', 'U8', [start.length - 1]);
  const rises = start.every((at, i) => (i === 0 ? at === 0 : at >= start[i - 1]));
  if (!rises || start[start.length - 1] !== words.length)
    throw new RangeError('tensor category_start has wrong offsets');
  if (!listedLeft.every((left) => left <= 1)) throw new RangeError('tensor listed_left is not of 0 and 1');
  return { start, words, listedLeft };
}

/** Collects sets in the form that `readCategorySets` reads. */
export class CategorySetsWriter {
  readonly #start = new ChunkedArray(Uint32Array);
  readonly #words = new ChunkedArray(Uint32Array);
  readonly #listedLeft = new ChunkedArray(Uint8Array);
  #nSplits = 0;
  #nWords = 0;

  constructor() {
    this.#start.push(0);
  }

  /** Adds the set of a split; categories have the numbers of their bins. */
  add({ bins, goLeft }: CategoryList): void {
    const words = new Uint32Array(Math.floor(bins.reduce((most, bin) => Math.max(most, bin), 0) / WORD_BITS) + 1);
    for (const bin of bins) words[Math.floor(bin / WORD_BITS)] |= 1 << (bin % WORD_BITS);
    this.#nSplits++;
    this.#nWords += words.length;
    for (const word of words) this.#words.push(word);
    this.#start.push(this.#nWords);
    this.#listedLeft.push(goLeft ? 1 : 0);
  }

  /** The sets so far, if there are any; nothing can be added after. */
  tensors(): Tensors {
    if (this.#nSplits === 0) return {};
    return {
      category_start: tensor('U32', [this.#nSplits + 1], this.#start.take()),
      category_words: tensor('U32', [this.#nWords], this.#words.take()),
      listed_left: tensor('U8', [this.#nSplits], this.#listedLeft.take()),
    };
  }
}

// How the walks take sets: a bit for each place that a row can have, set where it goes right.
/** The places of missing values and of unseen categories; category c has place c + 2. */
export const MISSING_PLACE = 0;
export const UNSEEN_PLACE = 1;
export const FIRST_PLACE = 2;

/** The most words of a set of a feature of so many categories. */
export function mostWords(nCategories: number): number {
  return Math.ceil(nCategories / WORD_BITS);
}

/** The words that `laySet` writes for a set of so many. */
export function laidWords(nWords: number): number {
  return nWords + 1;
}

/**
 * Writes set `split` for the walks to `to` (shape: laidWords), and returns its last
 * place, which stands for all categories from there on.
 */
export function laySet(
  { start, words, listedLeft }: CategorySets,
  split: number,
  missingLeft: boolean,
  unseenLeft: boolean,
  to: Uint32Array,
): number {
  const first = start[split];
  const nWords = start[split + 1] - first;
  const others = listedLeft[split] === 1 ? ~0 : 0;
  let carried = 0;
  for (let i = 0; i <= nWords; i++) {
    const word = i < nWords ? words[first + i] : 0;
    to[i] = ((word << FIRST_PLACE) | carried) ^ others;
    carried = word >>> (WORD_BITS - FIRST_PLACE);
  }
  const rights = (missingLeft ? 0 : 1 << MISSING_PLACE) | (unseenLeft ? 0 : 1 << UNSEEN_PLACE);
  to[0] = (to[0] & ~0b11) | rights;
  return FIRST_PLACE + nWords * WORD_BITS;
}

/** The place of a category, of which there are so many; NaN is missing. */
export function placeOfCategory(category: number, nCategories: number): number {
  if (Number.isNaN(category)) return MISSING_PLACE;
  return category < nCategories ? category + FIRST_PLACE : UNSEEN_PLACE;
}

/** How many categories a feature of a model has; 0: it is a number. */
export function categoriesOf({ nCategories }: ModelShape, feature: number): number {
  return nCategories?.[feature] ?? 0;
}
