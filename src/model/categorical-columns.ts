import { invalid } from '../errors.js';
import { MAX_CATEGORIES, MAX_FEATURE_BYTES } from '../estimators/category-limits.js';
import { forParts, type InParts } from '../estimators/in-parts.js';
import type { CategoricalColumn } from '../training/protocol.js';
import { tooManyCategories } from '../training/rank-categories.js';
import type { Categories, ModelCategories } from './categories.js';
import type { NamedMatrix } from './features.js';
import { inTurns } from './in-turns.js';
import { NumberedStrings } from './numbered-strings.js';
import { Turns } from './turns.js';

/** How many cells are coded between two looks at the clock. */
const PART = 64;

/**
 * The columns of a training's X that hold categories. Strings stay on the
 * server's thread: those of a column get numbers in the order in which they are
 * first met, and the training's thread sees these.
 */
export class CategoricalColumns {
  private constructor(
    /** Rising. */
    readonly columns: readonly CategoricalColumn[],
    /** Those of each of them by number; undefined where they are integers. */
    private readonly strings: readonly (readonly string[] | undefined)[],
  ) {}

  /**
   * Finds them, and writes the numbers of strings into X, where there was nothing.
   *
   * @param names shape: n_features
   * @param categoricalFeatures columns of integers
   * @throws INVALID_REQUEST for too many categories, the signal's reason.
   */
  static async of(
    x: NamedMatrix,
    names: readonly string[],
    categoricalFeatures: readonly number[],
    signal: AbortSignal,
  ): Promise<CategoricalColumns> {
    const turns = new Turns(signal);
    const places = new Map(categoricalFeatures.map((column, place) => [column, place]));
    const columns: CategoricalColumn[] = [];
    const strings: (readonly string[] | undefined)[] = [];
    for (const [column, name] of names.entries()) {
      const values = x.strings?.[column];
      const place = places.get(column);
      if (values === undefined && place === undefined) continue;
      const path = values === undefined ? `options.categorical_features[${place}]` : `x.columns[${column}].strings`;
      columns.push({ column, name, path });
      strings.push(values && (await numberStrings(values, { x, column, path }, turns)));
    }
    return new CategoricalColumns(columns, strings);
  }

  /**
   * The categories by feature.
   *
   * @param ranked the values of each of the columns as X had them, by rank
   * @throws the signal's reason.
   */
  async categoriesOf(
    nFeatures: number,
    ranked: readonly Float64Array<ArrayBuffer>[],
    signal: AbortSignal,
  ): Promise<ModelCategories> {
    const turns = new Turns(signal);
    const categories: (Categories | undefined)[] = Array.from({ length: nFeatures });
    for (const [i, { column }] of this.columns.entries()) {
      const values = ranked[i];
      const strings = this.strings[i];
      categories[column] =
        strings === undefined
          ? { kind: 'integer', values }
          : { kind: 'string', values: await inTurns(stringsOf(values, strings), turns) };
    }
    return categories;
  }
}

function* stringsOf(numbers: Float64Array, strings: readonly string[]): InParts<string[]> {
  const found: string[] = [];
  yield* forParts(numbers.length, (from, to) => {
    for (let i = from; i < to; i++) found.push(strings[numbers[i]]);
  });
  return found;
}

interface Target {
  readonly x: NamedMatrix;
  readonly column: number;
  readonly path: string;
}

/** Writes numbers of strings into a column, and returns the strings by number. */
async function numberStrings(
  values: readonly string[],
  { x: { columns, data }, column, path }: Target,
  turns: Turns,
): Promise<readonly string[]> {
  const numbered = new NumberedStrings();
  const { strings } = numbered;
  let bytes = 0;
  for (let row = 0; row < values.length; row++) {
    if (row % PART === 0 && turns.isOver) await turns.next();
    const value = values[row];
    const known = strings.length;
    const number = numbered.numberOf(value);
    if (number === known) {
      bytes += Buffer.byteLength(value);
      if (strings.length > MAX_CATEGORIES) throw tooManyCategories(path);
      if (bytes > MAX_FEATURE_BYTES) {
        throw invalid(
          path,
          `has categories of more than ${MAX_FEATURE_BYTES} bytes together; drop the column, or shorten its strings`,
        );
      }
    }
    data[row * columns + column] = number;
  }
  return strings;
}
