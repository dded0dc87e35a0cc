import { clearBlock } from './blocks';
import { MISSING_BIN } from './binning';
import {
  classStride,
  columnOf,
  currentRows,
  currentSamples,
  Growth,
  MISSING_LEFT,
  MISSING_RIGHT,
  NO_MISSING,
} from './growth';
import { SET, takeOccupied } from './occupied';
import { FEW_ROWS, sortByBin, sortFew } from './sorting';
import { sweepEntropy } from './sweep-entropy';
import { sweepGiniSorted, sweepGiniSums } from './sweep-gini';

/** From as many rows a class on, sums of all bins and classes are quicker than sorting. */
const MANY_ROWS: u32 = 24;

/**
 * Looks for the best split of the current node at `feature`, of any number of
 * classes, and keeps it when it is better than the best so far. Returns whether
 * the feature is constant in the node.
 *
 * What a criterion sums over classes can be kept up to date while rows move from
 * the right to the left, which takes the same time however many classes there
 * are. So the rows of a node are sorted by bin; only of many rows are the
 * weights summed by bin and class.
 */
export function searchClasses(g: Growth, feature: u32): bool {
  const column = columnOf(g, feature);
  const rows = currentRows(g);
  if (g.current.count <= FEW_ROWS && !g.entropy) return searchFew(g, feature, rows, column);
  const summed = g.current.count >= MANY_ROWS * g.nClasses;
  const nOccupied = summed ? sumByClass(g, rows, column) : sortByBin(g, rows, column);
  const constant = nOccupied < 2;
  if (!constant) {
    const missing = load<u8>(g.occupied + nOccupied - 1) == MISSING_BIN;
    sweep(g, feature, nOccupied, missing ? MISSING_RIGHT : NO_MISSING, summed);
    if (missing) sweep(g, feature, nOccupied, MISSING_LEFT, summed);
  }
  clear(g, nOccupied, summed);
  return constant;
}

/** Does so in a small node by gini. */
function searchFew(g: Growth, feature: u32, rows: usize, column: usize): bool {
  sortFew(g, rows, column, true);
  const last = load<u8>(g.occupied + g.current.count - 1);
  if (load<u8>(g.occupied) == last) return true;
  const missing = last == MISSING_BIN;
  sweep(g, feature, 0, missing ? MISSING_RIGHT : NO_MISSING, false);
  if (missing) sweep(g, feature, 0, MISSING_LEFT, false);
  return false;
}

function sweep(g: Growth, feature: u32, nOccupied: u32, missing: u32, summed: bool): void {
  clearBlock(g.left, classStride(g.nClasses));
  if (g.entropy) sweepEntropy(g, feature, nOccupied, missing, summed);
  else if (summed) sweepGiniSums(g, feature, nOccupied, missing);
  else sweepGiniSorted(g, feature, missing);
}

function sumByClass(g: Growth, rows: usize, column: usize): u32 {
  const stride = classStride(g.nClasses);
  const histogram = g.histogram;
  const flags = g.flags;
  let samples = currentSamples(g);
  for (let end = rows + ((<usize>g.current.count) << 2); rows < end; rows += 4, samples += 8) {
    const bin = <usize>load<u8>(column + load<u32>(rows));
    const place = histogram + bin * stride + ((<usize>load<u32>(samples, 4)) << 2);
    store<u32>(place, load<u32>(place) + load<u32>(samples));
    store<u8>(flags + bin, SET);
  }
  return takeOccupied(flags, g.occupied);
}

function clear(g: Growth, nOccupied: u32, summed: bool): void {
  const stride = classStride(g.nClasses);
  for (let at = g.occupied, end = at + nOccupied; at < end; at++) {
    const bin = <usize>load<u8>(at);
    if (summed) clearBlock(g.histogram + bin * stride, stride);
    else store<u32>(g.ends + (bin << 2), 0);
  }
}
