import { type Placed, Workspace } from '../../../kernels/workspace.js';
import type { ModelShape, Predictor } from '../../estimator.js';
import { outputsOf } from '../../linear-model.js';
import { sigmoids, softmaxes } from '../boosting/link.js';
import type { ObliviousTrees } from './oblivious-trees.js';

/** The rows of a block: see kernels/assembly/oblivious-traversal.ts. */
const LANES = 16;
const MAX_BLOCKS = 64;
/** The most bytes of the places of a batch, so that they stay in the cache while tree after tree looks at them. */
const MAX_BATCH_BYTES = 32_768;
/** The borders of a place: more would not be told apart by a byte. */
const PLACE_BORDERS = 255;
/** The words of a Place in the kernels' file oblivious-traversal. */
const PLACE_WORDS = 4;

/** Some borders of a column that splits look at, and how many of them a value is above. */
interface Place {
  readonly column: number;
  /** Rising. */
  readonly borders: readonly number[];
}

/** Sums up the leaves that a row reaches, and turns the sums into probabilities. */
export function obliviousPredictor(trees: ObliviousTrees, { nFeatures, nClasses }: ModelShape): Predictor {
  const nOutputs = outputsOf(nClasses);
  const nTrees = trees.depth.length;
  const list = placesOf(trees);
  // Without a split there are blocks still.
  const blockBytes = Math.max(1, list.length) * LANES;
  const blocks = Math.max(1, Math.min(MAX_BLOCKS, Math.floor(MAX_BATCH_BYTES / blockBytes)));
  const batch = blocks * LANES;
  const lines = 2 * (nTrees + trees.column.length);
  const workspace = new Workspace(
    Workspace.sizeOf(trees.leafValue.length, 8) +
      Workspace.sizeOf(lines, 4) +
      Workspace.sizeOf(list.length * PLACE_WORDS, 4) +
      list.reduce((sum, { borders }) => sum + Workspace.sizeOf(bordersPlaced(borders), 4), 0) +
      Workspace.sizeOf(batch * nFeatures, 4) +
      Workspace.sizeOf(blocks * blockBytes, 1) +
      Workspace.sizeOf(batch * nOutputs, 8),
  );
  const { kernels } = workspace;
  const lists = layPlaces(workspace, list, trees);
  const lined = layTrees(workspace, trees, list, nOutputs);
  const x = workspace.f32(batch * nFeatures);
  const places = workspace.u8(blocks * blockBytes).address;
  const scores = workspace.f64(batch * nOutputs);

  return {
    predictProbabilities({ rows, data }, probabilities) {
      for (let first = 0; first < rows; first += batch) {
        const n = Math.min(batch, rows - first);
        const from = first * nFeatures;
        x.set(n === rows ? data : data.subarray(from, from + n * nFeatures));
        scores.fill(0, 0, n * nOutputs);
        kernels.countBorders(x.address, nFeatures * 4, n, lists.address, list.length, places);
        if (n === 1) {
          kernels.walkObliviousRow(places, lined.address, nTrees, nOutputs, scores.address);
        } else {
          const nBlocks = Math.ceil(n / LANES);
          kernels.walkObliviousBatch(places, nBlocks, blockBytes, lined.address, nTrees, nOutputs, scores.address);
        }
        if (nOutputs === 1) sigmoids(scores, n, probabilities, first * nClasses);
        else softmaxes(scores, n, nClasses, probabilities, first * nClasses);
      }
    },
  };
}

/** The borders that splits look at, column by column. */
function placesOf({ column, border }: ObliviousTrees): Place[] {
  const ofColumns = new Map<number, Set<number>>();
  column.forEach((of, split) => {
    const borders = ofColumns.get(of) ?? new Set();
    ofColumns.set(of, borders.add(border[split]));
  });
  return [...ofColumns].flatMap(([of, set]) => {
    const borders = Float32Array.from(set).toSorted();
    return Array.from({ length: Math.ceil(borders.length / PLACE_BORDERS) }, (_, i) => ({
      column: of,
      borders: [...borders.subarray(i * PLACE_BORDERS, (i + 1) * PLACE_BORDERS)],
    }));
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

function layTrees(
  workspace: Workspace,
  { depth, column, border, leafValue }: ObliviousTrees,
  places: readonly Place[],
  nOutputs: number,
): Placed<Uint32Array<ArrayBuffer>> {
  const values = workspace.f64(leafValue.length);
  values.set(leafValue);
  const where = new Map<string, readonly [place: number, cut: number]>();
  places.forEach((place, i) =>
    place.borders.forEach((of, cut) => where.set(`${place.column} ${of}`, [i * LANES, cut])),
  );
  const words = workspace.u32(2 * (depth.length + column.length));
  let at = 0;
  let split = 0;
  let address = values.address;
  for (const splits of depth) {
    words.set([splits, address], at);
    address += 2 ** splits * nOutputs * 8;
    at += 2;
    for (let level = 0; level < splits; level++, split++, at += 2) {
      words.set(where.get(`${column[split]} ${border[split]}`) as readonly [number, number], at);
    }
  }
  return words;
}
