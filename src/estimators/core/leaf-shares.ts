import type { GrownTree } from './tree-grower.js';

/** Adds the class shares of a leaf to `sums`, from the place `to` on. */
export function addLeafShares(tree: GrownTree, leaf: number, sums: Float64Array, to: number): void {
  const nEntries = tree.nEntries(leaf);
  const first = tree.next(leaf);
  if (nEntries === 0) {
    sums[to + first]++;
    return;
  }
  let total = 0;
  for (let entry = first; entry < first + nEntries; entry++) total += tree.entryWeight(entry);
  for (let entry = first; entry < first + nEntries; entry++) {
    sums[to + tree.entryClass(entry)] += tree.entryWeight(entry) / total;
  }
}
