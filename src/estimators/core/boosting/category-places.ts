import { type CategorySets, listedBy } from './category-sets.js';

/*
 * Categories as the walks take them: a row has a place among those of a feature, and
 * each split a set with a bit for each place, which is set where it goes right.
 */

const WORD_BITS = 32;
/** The places of missing values and of unseen categories; category c has place c + 2. */
const MISSING_PLACE = 0;
const UNSEEN_PLACE = 1;
const FIRST_PLACE = 2;

/** The place of a category, of which there are so many; NaN is missing. */
export function placeOfCategory(category: number, nCategories: number): number {
  if (Number.isNaN(category)) return MISSING_PLACE;
  return category < nCategories ? category + FIRST_PLACE : UNSEEN_PLACE;
}

/** The last place of a split's set, behind those of the categories that it lists: it stands for all from there on. */
export function lastPlace(sets: CategorySets, split: number): number {
  return listedBy(sets, split).reduce((last, category) => Math.max(last, category + FIRST_PLACE + 1), FIRST_PLACE);
}

/** The words of a set with such a last place. */
export function wordsOfPlaces(last: number): number {
  return Math.floor(last / WORD_BITS) + 1;
}

/** Writes the set of a split to `to` (shape: wordsOfPlaces). */
export function laySet(
  sets: CategorySets,
  split: number,
  missingLeft: boolean,
  unseenLeft: boolean,
  to: Uint32Array,
): void {
  const listedLeft = sets.listedLeft[split] === 1;
  to.fill(listedLeft ? ~0 : 0);
  const put = (place: number, goesLeft: boolean) => {
    const bit = 1 << (place % WORD_BITS);
    const word = Math.floor(place / WORD_BITS);
    if (goesLeft) to[word] &= ~bit;
    else to[word] |= bit;
  };
  for (const category of listedBy(sets, split)) put(category + FIRST_PLACE, listedLeft);
  put(MISSING_PLACE, missingLeft);
  put(UNSEEN_PLACE, unseenLeft);
}
