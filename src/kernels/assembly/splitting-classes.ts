import { clearBlock } from './blocks';
import { MISSING_BIN } from './binning';
import { classStride, Growth, MISSING_LEFT, MISSING_RIGHT, NO_MISSING } from './growth';
import { SET, takeOccupied } from './occupied';
import { sweepEntropy } from './sweep-entropy';
import { sweepGiniChains, sweepGiniSums } from './sweep-gini';

/** Ends a chain of rows. */
export const END: u32 = 0xffff_ffff;
/** From as many rows a class on, sums of all bins and classes are quicker than chains. */
const MANY_ROWS: u32 = 24;

/**
 * Looks for the best split of the current node at `feature`, of any number of
 * classes, and keeps it when it is better than the best so far. Returns whether
 * the feature is constant in the node.
 *
 * What a criterion sums over classes can be kept up to date while rows move from
 * the right to the left, which takes the same time however many classes there
 * are. So the rows of a node are chained by bin; only of many rows are the
 * weights summed by bin and class.
 */
export function searchClasses(g: Growth, feature: u32): bool {
  const column = g.columns + <usize>feature * g.nRows;
  const rows = g.rows + ((<usize>g.current.begin) << 2);
  const summed = g.current.count >= MANY_ROWS * g.nClasses;
  if (summed) sumByClass(g, rows, column);
  else chainByBin(g, rows, column);
  const nOccupied = takeOccupied(g.flags, g.occupied);
  const constant = nOccupied < 2;
  if (!constant) {
    const missing = load<u8>(g.occupied + nOccupied - 1) == MISSING_BIN;
    sweep(g, feature, nOccupied, missing ? MISSING_RIGHT : NO_MISSING, summed);
    if (missing) sweep(g, feature, nOccupied, MISSING_LEFT, summed);
  }
  clear(g, nOccupied, summed);
  return constant;
}

function sweep(g: Growth, feature: u32, nOccupied: u32, missing: u32, summed: bool): void {
  clearBlock(g.left, classStride(g.nClasses));
  if (g.entropy) sweepEntropy(g, feature, nOccupied, missing, summed);
  else if (summed) sweepGiniSums(g, feature, nOccupied, missing);
  else sweepGiniChains(g, feature, nOccupied, missing);
}

function sumByClass(g: Growth, rows: usize, column: usize): void {
  const stride = classStride(g.nClasses);
  const histogram = g.histogram;
  const flags = g.flags;
  let samples = g.gathered;
  for (let end = rows + ((<usize>g.current.count) << 2); rows < end; rows += 4, samples += 8) {
    const bin = <usize>load<u8>(column + load<u32>(rows));
    const place = histogram + bin * stride + ((<usize>load<u32>(samples, 4)) << 2);
    store<u32>(place, load<u32>(place) + load<u32>(samples));
    store<u8>(flags + bin, SET);
  }
}

function chainByBin(g: Growth, rows: usize, column: usize): void {
  const count = g.current.count;
  const heads = g.heads;
  const flags = g.flags;
  let chain = g.chain;
  for (let i: u32 = 0; i < count; i++, rows += 4, chain += 4) {
    const bin = <usize>load<u8>(column + load<u32>(rows));
    const head = heads + (bin << 2);
    store<u32>(chain, load<u32>(head));
    store<u32>(head, i);
    store<u8>(flags + bin, SET);
  }
}

function clear(g: Growth, nOccupied: u32, summed: bool): void {
  const stride = classStride(g.nClasses);
  for (let at = g.occupied, end = at + nOccupied; at < end; at++) {
    const bin = <usize>load<u8>(at);
    if (summed) clearBlock(g.histogram + bin * stride, stride);
    else store<u32>(g.heads + (bin << 2), END);
  }
}
