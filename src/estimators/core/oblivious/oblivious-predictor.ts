import { type Placed, Workspace } from '../../../kernels/workspace.js';
import type { ModelShape, Predictor } from '../../estimator.js';
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
/** The words of a Place in the kernels' file oblivious-traversal. */
const PLACE_WORDS = 4;

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
  /** What the bits of a number are flipped by first: by all others, one number alone is above 254. */
  readonly flips: number;
}

/** Sums up the leaves that a row reaches, and turns the sums into probabilities. */
export function obliviousPredictor(trees: ObliviousTrees, { nFeatures, nClasses }: ModelShape): Predictor {
  const nOutputs = outputsOf(nClasses);
  const nTrees = trees.depth.length;
  const list = placesOf(trees);
  const perRow = list.length + trees.statistics.statistics.length;
  const blocks = Math.max(1, Math.min(MAX_BLOCKS, Math.floor(MAX_BATCH_BYTES / LANES / Math.max(1, perRow))));
  const batch = blocks * LANES;
  const workspace = new Workspace(
    Workspace.sizeOf(trees.leafValue.length, 8) +
      Workspace.sizeOf(2 * (nTrees + trees.column.length), 4) +
      Workspace.sizeOf(list.length * PLACE_WORDS, 4) +
      list.reduce((sum, { borders }) => sum + Workspace.sizeOf(bordersPlaced(borders), 4), 0) +
      Workspace.sizeOf(batch * nFeatures, 4) +
      Workspace.sizeOf(batch * list.length, 1) +
      Workspace.sizeOf(batch * nOutputs, 8) +
      trees.statistics.bytes(batch),
  );
  const { kernels } = workspace;
  const lists = layPlaces(workspace, list, trees);
  const x = workspace.f32(batch * nFeatures);
  const places = workspace.u8(batch * list.length).address;
  const scores = workspace.f64(batch * nOutputs);
  const lookup = trees.statistics.statistics.length > 0 ? trees.statistics.place(workspace, batch) : undefined;
  const splits = placedSplits(trees, list, places, batch, lookup);
  const lined = layTrees(workspace, trees, splits, nOutputs);

  return {
    predictProbabilities({ rows, data }, probabilities) {
      for (let first = 0; first < rows; first += batch) {
        const n = Math.min(batch, rows - first);
        const from = first * nFeatures;
        x.set(n === rows ? data : data.subarray(from, from + n * nFeatures));
        scores.fill(0, 0, n * nOutputs);
        kernels.countBorders(x.address, nFeatures * 4, n, lists.address, list.length, places, batch);
        lookup?.look(data, from, n, nFeatures);
        if (n === 1) kernels.walkObliviousRow(lined.address, nTrees, nOutputs, scores.address);
        else kernels.walkObliviousBatch(Math.ceil(n / LANES), lined.address, nTrees, nOutputs, scores.address);
        if (nOutputs === 1) sigmoids(scores, n, probabilities, first * nClasses);
        else softmaxes(scores, n, nClasses, probabilities, first * nClasses);
      }
    },
  };
}

/** The borders that splits look at, column by column; a category has one on each side. */
function placesOf({ kind, column, border }: ObliviousTrees): Place[] {
  const ofColumns = new Map<number, { readonly isCategory: boolean; readonly values: Set<number> }>();
  column.forEach((of, split) => {
    if (kind[split] === SPLIT_KINDS.statistic) return;
    const isCategory = kind[split] === SPLIT_KINDS.category;
    const found = ofColumns.get(of) ?? { isCategory, values: new Set<number>() };
    found.values.add(border[split]);
    ofColumns.set(of, found);
  });
  return [...ofColumns].flatMap(([of, { isCategory, values }]) => {
    const rising = Float32Array.from(values).toSorted();
    const size = isCategory ? PLACE_CATEGORIES : PLACE_BORDERS;
    return Array.from({ length: Math.ceil(rising.length / size) }, (_, i): Place => {
      const some = [...rising.subarray(i * size, (i + 1) * size)];
      if (!isCategory) return { column: of, borders: some };
      const sides = new Set(some.flatMap((category) => [category - 0.5, category + 0.5]));
      return { column: of, borders: [...sides] };
    });
  });
}

/** A power of two that is above the number of borders. */
function bordersPlaced(borders: readonly number[]): number {
  return 2 ** (32 - Math.clz32(borders.length));
}

function layPlaces(
  workspace: Workspace,
  places: readonly Place[],
  { missingAbove }: ObliviousTrees,
): Placed<Uint32Array<ArrayBuffer>> {
  const words = workspace.u32(places.length * PLACE_WORDS);
  places.forEach(({ column, borders }, i) => {
    const placed = workspace.f32(bordersPlaced(borders));
    placed.fill(Infinity);
    placed.set(borders);
    const missing = missingAbove[column] === 1 ? borders.length : 0;
    words.set([column * 4, placed.address, placed.length - 1, missing], i * PLACE_WORDS);
  });
  return words;
}

/**
 * Where the splits of all trees find the numbers of rows.
 *
 * @param at the address of the places, each of `batch` rows
 */
function placedSplits(
  { kind, column, border }: ObliviousTrees,
  places: readonly Place[],
  at: number,
  batch: number,
  lookup: StatisticLookup | undefined,
): PlacedSplit[] {
  const where = new Map<string, readonly [address: number, cut: number]>();
  places.forEach((place, i) =>
    place.borders.forEach((of, cut) => where.set(`${place.column} ${of}`, [at + i * batch, cut])),
  );
  return Array.from(column, (of, split): PlacedSplit => {
    const value = border[split];
    if (kind[split] === SPLIT_KINDS.statistic) {
      const { bins, stride } = lookup as StatisticLookup;
      return { address: bins.address + of * stride, cut: value, flips: 0 };
    }
    if (kind[split] === SPLIT_KINDS.border) {
      const [address, cut] = where.get(`${of} ${value}`) as readonly [number, number];
      return { address, cut, flips: 0 };
    }
    // Its rows are above the border below it, and not above the next one.
    const [address, below] = where.get(`${of} ${value - 0.5}`) as readonly [number, number];
    return { address, cut: 0xfe, flips: 0xff & ~(below + 1) };
  });
}

function layTrees(
  workspace: Workspace,
  { depth, column, leafValue }: ObliviousTrees,
  placed: readonly PlacedSplit[],
  nOutputs: number,
): Placed<Uint32Array<ArrayBuffer>> {
  const values = workspace.f64(leafValue.length);
  values.set(leafValue);
  const words = workspace.u32(2 * (depth.length + column.length));
  let at = 0;
  let split = 0;
  let first = values.address;
  for (const splits of depth) {
    words.set([splits, first], at);
    first += 2 ** splits * nOutputs * 8;
    at += 2;
    for (let level = 0; level < splits; level++, split++, at += 2) {
      const { address, cut, flips } = placed[split];
      words.set([address, cut | (flips << 8)], at);
    }
  }
  return words;
}
