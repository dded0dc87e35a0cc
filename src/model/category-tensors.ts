import { isUtf8 } from 'node:buffer';
import { allFit, copyInParts } from '../estimators/in-parts.js';
import { dataOf, type Tensor, tensor, type Tensors } from '../estimators/tensor.js';
import type { Categories, ModelCategories } from './categories.js';
import { inTurns } from './in-turns.js';
import type { Feature } from './model.js';
import { Turns } from './turns.js';

// Each tensor holds those of all features of its kind, one after the other.
/** The strings in UTF-8: U8[bytes]. */
const NAMES = 'category_names';
/** Where each of them ends: U32[n]. */
const ENDS = 'category_name_ends';
/** The integers: F64[n]. */
const INTEGERS = 'category_integers';

/** How many strings are converted between two looks at the clock. */
const PART = 64;
/** How many bytes are looked at, at one time, for whether they are text. */
const CHECKED_BYTES = 2 ** 20;

/**
 * The tensors that hold a model's categories; none where it has no categorical
 * features.
 *
 * @throws the signal's reason.
 */
export async function categoryTensors(categories: ModelCategories, signal: AbortSignal): Promise<Tensors> {
  const strings = categories.flatMap((each) => (each?.kind === 'string' ? [each.values] : []));
  const integers = categories.flatMap((each) => (each?.kind === 'integer' ? [each.values] : []));
  const turns = new Turns(signal);
  return {
    ...(strings.length === 0 ? {} : await tensorsOfStrings(strings, turns)),
    ...(integers.length === 0 ? {} : { [INTEGERS]: await tensorOfIntegers(integers, turns) }),
  };
}

/**
 * The categories in a model's tensors; integers are views of them.
 *
 * @throws RangeError when they are not those of such features.
 */
export async function readCategories(tensors: Tensors, features: readonly Feature[]): Promise<ModelCategories> {
  const turns = new Turns();
  const strings = await stringsIn(tensors, totalOf(features, 'string'), turns);
  const integers = await integersIn(tensors, totalOf(features, 'integer'), turns);
  const categories: (Categories | undefined)[] = [];
  for (const feature of features) {
    if (feature.kind === 'numeric') categories.push(undefined);
    else if (feature.categoryKind === 'integer') {
      categories.push({ kind: 'integer', values: integers.next(feature.nCategories) });
    } else {
      const values: string[] = [];
      for (let i = 0; i < feature.nCategories; i++) {
        if (i % PART === 0 && turns.isOver) await turns.next();
        values.push(strings.next());
      }
      categories.push({ kind: 'string', values });
    }
  }
  return categories;
}

/** How many categories the features of a kind have together; undefined where there is no such feature. */
function totalOf(features: readonly Feature[], kind: Categories['kind']): number | undefined {
  let total: number | undefined;
  for (const feature of features) {
    if (feature.kind === 'categorical' && feature.categoryKind === kind) total = (total ?? 0) + feature.nCategories;
  }
  return total;
}

async function tensorsOfStrings(features: readonly (readonly string[])[], turns: Turns): Promise<Tensors> {
  const ends = new Uint32Array(features.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  let i = 0;
  for (const strings of features) {
    for (const each of strings) {
      if (i % PART === 0 && turns.isOver) await turns.next();
      end += Buffer.byteLength(each);
      ends[i++] = end;
    }
  }
  const names = new Uint8Array(end);
  const text = Buffer.from(names.buffer);
  i = 0;
  for (const strings of features) {
    for (const each of strings) {
      if (i % PART === 0 && turns.isOver) await turns.next();
      text.write(each, i === 0 ? 0 : ends[i - 1]);
      i++;
    }
  }
  return { [NAMES]: tensor('U8', [names.length], names), [ENDS]: tensor('U32', [ends.length], ends) };
}

async function tensorOfIntegers(features: readonly Float64Array[], turns: Turns): Promise<Tensor> {
  const values = new Float64Array(features.reduce((sum, { length }) => sum + length, 0));
  let from = 0;
  for (const each of features) {
    await inTurns(copyInParts(values.subarray(from), each), turns);
    from += each.length;
  }
  return tensor('F64', [values.length], values);
}

/** Whether bytes are UTF-8. */
async function isText(bytes: Uint8Array, turns: Turns): Promise<boolean> {
  for (let from = 0, to = 0; from < bytes.length; from = to) {
    to = Math.min(bytes.length, from + CHECKED_BYTES);
    // No character goes over the end of what is looked at.
    while (to < bytes.length && to > from && isInside(bytes[to])) to--;
    if (to === from || !isUtf8(bytes.subarray(from, to))) return false;
    if (turns.isOver) await turns.next();
  }
  return true;
}

/** Whether a byte belongs to a character that has begun before. */
function isInside(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

/** Reads one string after the other. */
async function stringsIn(tensors: Tensors, total: number | undefined, turns: Turns): Promise<{ next(): string }> {
  if (total === undefined) return { next: () => '' };
  const ends = dataOf(tensors, ENDS, 'U32', [total]);
  const names = dataOf(tensors, NAMES, 'U8', [-1]);
  const isWhole = (total === 0 ? 0 : ends[total - 1]) === names.length;
  if (!isWhole || !(await isText(names, turns)))
    throw new RangeError(`tensor ${NAMES} is not the text of ${total} categories`);
  const text = Buffer.from(names.buffer, names.byteOffset, names.byteLength);
  let i = 0;
  let start = 0;
  return {
    next() {
      const end = ends[i++];
      // A string neither ends before it starts nor starts inside of a character.
      if (end < start || (start < names.length && isInside(names[start]))) {
        throw new RangeError(`tensor ${ENDS} is not valid`);
      }
      const value = text.toString('utf8', start, end);
      start = end;
      return value;
    },
  };
}

/** Reads the integers of one feature after the other. */
async function integersIn(
  tensors: Tensors,
  total: number | undefined,
  turns: Turns,
): Promise<{ next(count: number): Float64Array<ArrayBuffer> }> {
  const values = total === undefined ? new Float64Array(0) : dataOf(tensors, INTEGERS, 'F64', [total]);
  const areWhole = await inTurns(allFit(values, Number.isSafeInteger), turns);
  if (!areWhole) throw new RangeError(`tensor ${INTEGERS} is not of whole numbers`);
  let from = 0;
  return { next: (count) => values.subarray(from, (from += count)) };
}
