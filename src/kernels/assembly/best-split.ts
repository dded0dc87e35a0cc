import { Growth } from './growth';

/** Keeps the cut between two neighbouring occupied bins as the best so far. */
export function keepSplit(g: Growth, feature: u32, num: f64, den: f64, low: u32, high: u32, missing: u32): void {
  const best = g.best;
  best.num = num;
  best.den = den;
  best.feature = feature;
  best.low = low;
  best.high = high;
  best.missing = missing;
}

/** Whether the limits allow a left side of that weight and that many rows. */
export function isAllowed(g: Growth, leftWeight: f64, nLeft: u32): bool {
  if (g.minLeaf > 1 && (nLeft < g.minLeaf || g.current.count - nLeft < g.minLeaf)) return false;
  return leftWeight >= g.minWeight && g.weight - leftWeight >= g.minWeight;
}
