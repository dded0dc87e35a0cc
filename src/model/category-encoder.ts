import { notWhole } from '../estimators/require-whole.js';
import type { Categories, ModelCategories } from './categories.js';
import { CategoryCodes } from './category-codes.js';
import type { AlignedMatrix } from './features.js';
import { Turns } from './turns.js';

/** How many categories are entered between two looks at the clock. */
const PART = 64;

/** The numbers of a feature's categories. */
interface Dictionary {
  readonly feature: number;
  readonly codes: CategoryCodes;
}

/** Turns the categories of rows into the numbers that they have in a model. */
export class CategoryEncoder {
  /** Shape: n_features; 0: a number. */
  readonly nCategories: Uint32Array;
  /** An estimate of what its dictionaries take. */
  readonly memoryBytes: number;
  readonly #dictionaries: readonly Dictionary[];

  private constructor(nFeatures: number, dictionaries: readonly Dictionary[]) {
    this.nCategories = new Uint32Array(nFeatures);
    for (const { feature, codes } of dictionaries) this.nCategories[feature] = codes.size;
    this.memoryBytes = dictionaries.reduce((sum, { codes }) => sum + codes.memoryBytes, 0);
    this.#dictionaries = dictionaries;
  }

  /**
   * The encoder of a model; undefined where it has no categorical features.
   *
   * @throws RangeError when a category is there twice.
   */
  static async of(categories: ModelCategories): Promise<CategoryEncoder | undefined> {
    const turns = new Turns();
    const dictionaries: Dictionary[] = [];
    for (const [feature, each] of categories.entries()) {
      if (each !== undefined) dictionaries.push({ feature, codes: await codesOf(each, turns) });
    }
    return dictionaries.length === 0 ? undefined : new CategoryEncoder(categories.length, dictionaries);
  }

  /**
   * Writes the numbers of categories into the rows `from` to `to`, where they
   * hold integers, or belong to strings. What the training has not seen gets the
   * next number; NaN stays.
   *
   * @throws INVALID_REQUEST for a number that is not whole.
   */
  encode(x: AlignedMatrix, from: number, to: number): void {
    for (const { feature, codes } of this.#dictionaries) {
      const strings = x.strings?.[feature];
      if (strings === undefined) encodeIntegers(x, feature, codes, from, to);
      else {
        for (let row = from, at = from * x.columns + feature; row < to; row++, at += x.columns) {
          x.data[at] = codes.get(strings[row]) ?? codes.size;
        }
      }
    }
  }
}

function encodeIntegers(
  { columns, data, encoding, sources }: AlignedMatrix,
  feature: number,
  codes: Dictionary['codes'],
  from: number,
  to: number,
): void {
  for (let row = from, at = from * columns + feature; row < to; row++, at += columns) {
    const value = data[at];
    const code = codes.get(value);
    if (code !== undefined) data[at] = code;
    else if (Number.isSafeInteger(value)) data[at] = codes.size;
    else if (!Number.isNaN(value)) throw notWhole(value, encoding, row, sources?.[feature] ?? feature);
  }
}

async function codesOf({ values }: Categories, turns: Turns): Promise<CategoryCodes> {
  const codes = new CategoryCodes(values.length);
  for (let i = 0; i < values.length; i++) {
    if (i % PART === 0 && turns.isOver) await turns.next();
    if (!codes.add(values[i])) throw new RangeError('a category is there twice');
  }
  return codes;
}
