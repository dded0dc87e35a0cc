import { Growth } from './growth';

/** Keeps the cut after the occupied bin at `found` as the best so far. */
export function keepSplit(g: Growth, feature: u32, num: f64, den: f64, found: usize, missing: u32): void {
  const best = g.best;
  best.num = num;
  best.den = den;
  best.feature = feature;
  best.low = load<u8>(found);
  best.high = load<u8>(found + 1);
  best.missing = missing;
}

/** Whether the limits allow a left side of that weight and that many rows. */
export function isAllowed(g: Growth, leftWeight: f64, nLeft: u32): bool {
  if (g.minLeaf > 1 && (nLeft < g.minLeaf || g.current.count - nLeft < g.minLeaf)) return false;
  return leftWeight >= g.minWeight && g.weight - leftWeight >= g.minWeight;
}
