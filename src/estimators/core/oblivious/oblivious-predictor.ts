import { type Placed, Workspace } from '../../../kernels/workspace.js';
import type { ModelShape, Predictor } from '../../estimator.js';
import { copyInParts, type InParts } from '../../in-parts.js';
import { outputsOf } from '../../linear-model.js';
import { sigmoids, softmaxes } from '../boosting/link.js';
import type { StatisticLookup } from '../target-statistics/statistic-lookup.js';
import { type ObliviousTrees, SPLIT_KINDS } from './oblivious-trees.js';

/** The rows of a block: see kernels/assembly/oblivious-traversal.ts. */
const LANES = 16;
const MAX_BLOCKS = 64;
/** The most bytes of the places of a batch, so that they stay in the cache while tree after tree looks at them. */
const MAX_BATCH_BYTES = 32_768;
/** The borders of a place: more would not be told apart by a byte. */
const PLACE_BORDERS = 255;
/** The kernel that counts borders may look at so many rows more. */
const SPARE_ROWS = 3;
/** Numbers of borders are less by so much, so that they are bytes with a sign. */
const BIAS = 0x80;
/** The words of a Place in the kernels' file oblivious-traversal. */
const PLACE_WORDS = 4;

/** How many borders or splits, with what is looked up for each, or columns with theirs, are gone through at a time. */
const PART = 128;

/** The categories of a place: two borders each. */
const PLACE_CATEGORIES = 127;

/** Some borders of a column that splits look at, and how many of them a value is above. */
interface Place {
  readonly column: number;
  /** Rising. */
  readonly borders: readonly number[];
}

/** A split as the kernels have it: where the numbers of rows are, and what they are compared with. */
interface PlacedSplit {
  readonly address: number;
  readonly cut: number;
  /** What the bits of a number are flipped by first, so that one number alone is above 126. */
  readonly flips: number;
}

/** Sums up the leaves that a row reaches, and turns the sums into probabilities. */
export function* obliviousPredictor(trees: ObliviousTrees, { nFeatures, nClasses }: ModelShape): InParts<Predictor> {
  const nOutputs = outputsOf(nClasses);
  const nTrees = trees.depth.length;
  const list = yield* placesOf(trees);
  const nPlaces = list.length;
  const perRow = list.length + trees.statistics.statistics.length;
  const blocks = Math.max(1, Math.min(MAX_BLOCKS, Math.floor(MAX_BATCH_BYTES / LANES / Math.max(1, perRow))));
  const batch = blocks * LANES;
  const workspace = new Workspace(
    Workspace.sizeOf(trees.leafValue.length, 8) +
      Workspace.sizeOf(2 * (nTrees + trees.column.length), 4) +
      Workspace.sizeOf(list.length * PLACE_WORDS, 4) +
      list.reduce((sum, { borders }) => sum + Workspace.sizeOf(bordersPlaced(borders), 4), 0) +
      Workspace.sizeOf((batch + SPARE_ROWS) * nFeatures, 4) +
      Workspace.sizeOf(batch * list.length, 1) +
      Workspace.sizeOf(batch * nOutputs, 8) +
      trees.statistics.bytes(batch),
  );
  const { kernels } = workspace;
  const lists = yield* layPlaces(workspace, list, trees);
  const x = workspace.f32((batch + SPARE_ROWS) * nFeatures);
  const places = workspace.u8(batch * list.length).address;
  const scores = workspace.f64(batch * nOutputs);
  const lookup = trees.statistics.statistics.length > 0 ? yield* trees.statistics.place(workspace, batch) : undefined;
  const splits = yield* placedSplits(trees, list, places, batch, lookup);
  const flips = splits.some((split) => split.flips !== 0);
  const mostDepth = trees.depth.reduce((most, depth) => Math.max(most, depth), 0);
  const lined = yield* layTrees(workspace, trees, splits, nOutputs);

  return {
    memoryBytes: workspace.byteLength,
    predictProbabilities({ rows, data }, probabilities) {
      for (let first = 0; first < rows; first += batch) {
        const n = Math.min(batch, rows - first);
        const from = first * nFeatures;
        x.set(n === rows ? data : data.subarray(from, from + n * nFeatures));
        scores.fill(0, 0, n * nOutputs);
        kernels.countBorders(x.address, nFeatures * 4, n, lists.address, nPlaces, places, batch);
        lookup?.look(data, from, n, nFeatures);
        if (n === 1) kernels.walkObliviousRow(lined.address, nTrees, nOutputs, scores.address);
        else {
          const nBlocks = Math.ceil(n / LANES);
          kernels.walkObliviousBatch(nBlocks, lined.address, nTrees, flips, mostDepth, nOutputs, scores.address);
        }
        if (nOutputs === 1) sigmoids(scores, n, probabilities, first * nClasses);
        else softmaxes(scores, n, nClasses, probabilities, first * nClasses);
      }
    },
  };
}

/** The borders that splits look at, column by column; a category has one on each side. */
function* placesOf({ kind, column, border }: ObliviousTrees): InParts<Place[]> {
  const ofColumns = new Map<number, { readonly isCategory: boolean; readonly values: Set<number> }>();
  for (let split = 0; split < column.length; split++) {
    if (split % PART === 0) yield;
    if (kind[split] === SPLIT_KINDS.statistic) continue;
    const of = column[split];
    const isCategory = kind[split] === SPLIT_KINDS.category;
    const found = ofColumns.get(of) ?? { isCategory, values: new Set<number>() };
    found.values.add(border[split]);
    ofColumns.set(of, found);
  }
  const places: Place[] = [];
  for (const [of, { isCategory, values }] of ofColumns) {
    yield;
    const rising = Float32Array.from(values).toSorted();
    const size = isCategory ? PLACE_CATEGORIES : PLACE_BORDERS;
    for (let from = 0; from < rising.length; from += size) {
      const some = [...rising.subarray(from, from + size)];
      const sides = isCategory ? new Set(some.flatMap((category) => [category - 0.5, category + 0.5])) : some;
      places.push({ column: of, borders: [...sides] });
    }
  }
  return places;
}

/** A power of two that is above the number of borders. */
function bordersPlaced(borders: readonly number[]): number {
  return 2 ** (32 - Math.clz32(borders.length));
}

function* layPlaces(
  workspace: Workspace,
  places: readonly Place[],
  { missingAbove }: ObliviousTrees,
): InParts<Placed<Uint32Array<ArrayBuffer>>> {
  const words = workspace.u32(places.length * PLACE_WORDS);
  for (const [i, { column, borders }] of places.entries()) {
    yield;
    const placed = workspace.f32(bordersPlaced(borders));
    placed.fill(Infinity);
    placed.set(borders);
    const missing = missingAbove[column] === 1 ? borders.length : 0;
    words.set([column * 4, placed.address, placed.length - 1, missing], i * PLACE_WORDS);
  }
  return words;
}

/**
 * Where the splits of all trees find the numbers of rows.
 *
 * @param at the address of the places, each of `batch` rows
 */
function* placedSplits(
  { kind, column, border }: ObliviousTrees,
  places: readonly Place[],
  at: number,
  batch: number,
  lookup: StatisticLookup | undefined,
): InParts<PlacedSplit[]> {
  const where = new Map<string, readonly [address: number, cut: number]>();
  for (const [i, place] of places.entries()) {
    yield;
    place.borders.forEach((of, cut) => where.set(`${place.column} ${of}`, [at + i * batch, cut]));
  }
  const placedSplit = (of: number, split: number): PlacedSplit => {
    const value = border[split];
    if (kind[split] === SPLIT_KINDS.statistic) {
      const { bins, stride } = lookup as StatisticLookup;
      return { address: bins.address + of * stride, cut: value, flips: 0 };
    }
    if (kind[split] === SPLIT_KINDS.border) {
      const [address, cut] = where.get(`${of} ${value}`) as readonly [number, number];
      return { address, cut: cut ^ BIAS, flips: 0 };
    }
    // Its rows are above the border below it, and not above the next one.
    const [address, below] = where.get(`${of} ${value - 0.5}`) as readonly [number, number];
    return { address, cut: 0x7e, flips: (below + 1) ^ BIAS ^ 0x7f };
  };
  const placed: PlacedSplit[] = [];
  for (const [split, of] of column.entries()) {
    if (split % PART === 0) yield;
    placed.push(placedSplit(of, split));
  }
  return placed;
}

function* layTrees(
  workspace: Workspace,
  { depth, column, leafValue }: ObliviousTrees,
  placed: readonly PlacedSplit[],
  nOutputs: number,
): InParts<Placed<Uint32Array<ArrayBuffer>>> {
  const values = workspace.f64(leafValue.length);
  yield* copyInParts(values, leafValue);
  const words = workspace.u32(2 * (depth.length + column.length));
  let at = 0;
  let split = 0;
  let first = values.address;
  for (const [tree, splits] of depth.entries()) {
    if (tree % (PART / 16) === 0) yield;
    words.set([splits, first], at);
    first += 2 ** splits * nOutputs * 8;
    at += 2;
    for (const { address, cut, flips } of placed.slice(split, split + splits).toReversed()) {
      words.set([address, cut | (flips << 8)], at);
      at += 2;
    }
    split += splits;
  }
  return words;
}
