import { clearBlock } from './blocks';
import { MISSING_BIN } from './binning';
import { compactColumns, isCompactDone, spreadColumns } from './compact-columns';
import { xlogx } from './entropy';
import { popCandidate, pushCandidate } from './frontier';
import { sampleOf, sumSamples } from './samples';
import {
  columnOf,
  currentRows,
  currentSamples,
  Growth,
  LEAF,
  MISSING_LEFT,
  NO_MISSING,
  nodeAt,
  pop,
  push,
} from './growth';
import { closeLeaf, closePure } from './leaf';
import { partitionRows } from './partition';
import { Random } from './random';
import { searchBinary } from './splitting-binary';
import { searchClasses } from './splitting-classes';

/** What scikit-learn takes an impurity, and a lack of improvement, to be zero within. */
const EPSILON: f64 = 2.220446049250313e-16;

/**
 * Begins a tree on the rows of positive weight.
 *
 * @param weights u32[nRows], whose sum is below 2^32
 * @param random draws the features of this tree
 */
export function startTree(g: Growth, weights: usize, random: Random): void {
  let nInBag: u32 = 0;
  let total: u64 = 0;
  for (let row: u32 = 0; row < g.nRows; row++) {
    const weight = load<u32>(weights + ((<usize>row) << 2));
    if (weight == 0) continue;
    const label = load<u32>(g.labels + ((<usize>row) << 2));
    store<u64>(g.samples + ((<usize>nInBag) << 3), sampleOf(weight, label, g.nClasses));
    store<u32>(g.rows + ((<usize>nInBag) << 2), row);
    nInBag++;
    total += weight;
  }
  g.random = random;
  g.totalWeight = <f64>total;
  g.minWeight = g.minWeightFraction * g.totalWeight;
  g.plain = !g.entropy && g.minLeaf < 2 && g.minWeight == 0;
  g.nNodes = 1;
  g.nEntries = 0;
  g.nStack = 0;
  g.nFrontier = 0;
  g.nSplits = 0;
  g.searching = false;
  spreadColumns(g);
  push(g, 0, 0, nInBag, 0);
}

/**
 * Grows the tree until it is done, and returns true, or until about `budget`
 * values were looked at.
 */
export function grow(g: Growth, budget: f64): bool {
  let work: f64 = 0;
  while (work < budget) {
    if (g.searching) {
      searchNext(g);
      work += g.current.count;
    } else if (g.nStack > 0) {
      if (isCompactDone(g)) spreadColumns(g);
      pop(g);
      compactColumns(g);
      open(g);
      work += g.current.count;
    } else if (g.nFrontier > 0) {
      splitBest(g);
    } else {
      return true;
    }
    work += 16;
  }
  return false;
}

/** Makes the popped node a leaf, or begins the search for its split. */
function open(g: Growth): void {
  const pure = sumSamples(g);
  const node = g.current;
  if (
    pure ||
    node.depth >= g.maxDepth ||
    node.count < g.minSplit ||
    node.count < 2 * g.minLeaf ||
    g.weight < 2 * g.minWeight
  ) {
    closeLeaf(g);
    return;
  }
  g.searching = true;
  g.perfect = false;
  g.nDrawn = 0;
  g.nTried = 0;
  g.nConstant = 0;
  g.best.num = -Infinity;
  g.best.den = 1;
  g.best.feature = LEAF;
}

/**
 * Draws a feature and looks for a split there; after the last one, splits the
 * node. As scikit-learn's, the search goes on beyond maxFeatures until it has
 * seen a feature that is not constant in the node. Unlike scikit-learn's, it ends
 * with a perfect split, beyond which it could only find an equal one.
 */
function searchNext(g: Growth): void {
  if (g.perfect || g.nDrawn == g.nFeatures || (g.nDrawn >= g.maxFeatures && g.nDrawn > g.nConstant)) {
    g.searching = false;
    closeSearch(g);
    return;
  }
  const remaining = g.nFeatures - g.nDrawn;
  const drawn = g.features + ((<usize>g.random.below(remaining)) << 2);
  const last = g.features + ((<usize>(remaining - 1)) << 2);
  const feature = load<u32>(drawn);
  store<u32>(drawn, load<u32>(last));
  store<u32>(last, feature);
  g.nDrawn++;
  if (g.minLeaf > 1) countRows(g, feature);
  if (g.nClasses == 2 ? searchBinary(g, feature) : searchClasses(g, feature)) g.nConstant++;
  g.perfect = isPerfect(g);
}

/** The rows of each bin, where a limit asks for them. */
function countRows(g: Growth, feature: u32): void {
  const column = columnOf(g, feature);
  const rows = currentRows(g);
  clearBlock(g.rowCounts, 1024);
  for (let i: usize = 0; i < <usize>g.current.count; i++) {
    const place = g.rowCounts + ((<usize>load<u8>(column + load<u32>(rows + (i << 2)))) << 2);
    store<u32>(place, load<u32>(place) + 1);
  }
}

function closeSearch(g: Growth): void {
  const best = g.best;
  if (best.feature == LEAF) {
    closeLeaf(g);
    return;
  }
  const gain = gainOf(g);
  if (gain / g.totalWeight + EPSILON < g.minDecrease) {
    closeLeaf(g);
    return;
  }
  if (g.maxLeaves > 0) pushCandidate(g, gain);
  else splitCurrent(g, gain);
}

/** Whether nothing of the impurity is left; of many rows, but for rounding. */
function isPerfect(g: Growth): bool {
  const num = g.best.num;
  const den = g.best.den;
  if (g.entropy) return num == 0;
  return g.nClasses == 2 ? num == den * den : num == g.weight * den;
}

/** The decrease of impurity times weight by the best split. */
function gainOf(g: Growth): f64 {
  const ratio = g.best.num / g.best.den;
  if (g.entropy) return max(0, ratio - (g.entropies - xlogx(g.weight, g.xlogx)));
  if (g.nClasses == 2) return (2 * ratio) / g.weight;
  return max(0, ratio - <f64>(<i64>g.squares) / g.weight);
}

function splitBest(g: Growth): void {
  const gain = popCandidate(g);
  if (g.nSplits + 1 < g.maxLeaves) {
    splitCurrent(g, gain);
    return;
  }
  sumSamples(g);
  closeLeaf(g);
}

/** Moves the rows of the current node apart, and has its children wait. */
function splitCurrent(g: Growth, gain: f64): void {
  const begin = g.current.begin;
  const count = g.current.count;
  const depth = g.current.depth + 1;
  const best = g.best;
  const leftFrom = best.missing == MISSING_LEFT ? MISSING_BIN : MISSING_BIN + 1;
  const column = columnOf(g, best.feature);
  const nLeft = partitionRows(
    currentRows(g),
    currentSamples(g),
    count,
    column,
    best.low,
    leftFrom,
    g.spareRows,
    g.spareSamples,
  );

  const node = nodeAt(g, g.current.node);
  const children = g.nNodes;
  node.feature = best.feature;
  node.next = children;
  node.low = <u8>best.low;
  node.high = <u8>best.high;
  // Missing values that the training has not seen here go where most rows went.
  node.missingLeft = <u8>(best.missing == NO_MISSING ? nLeft > count - nLeft : best.missing == MISSING_LEFT);
  g.nNodes += 2;
  g.nSplits++;
  const importance = g.importances + ((<usize>best.feature) << 3);
  store<f64>(importance, load<f64>(importance) + gain);
  if (g.perfect && g.maxLeaves == 0) {
    closePure(g, children, begin);
    closePure(g, children + 1, begin + nLeft);
    return;
  }
  // The left one comes up first.
  push(g, children + 1, begin + nLeft, count - nLeft, depth);
  push(g, children, begin, nLeft, depth);
}
