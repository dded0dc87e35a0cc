import { Entry, Growth, LEAF, nodeAt } from './growth';
import { labelOf } from './samples';

/** Makes the current node a leaf with the weights of its classes; one of a single class needs no entries. */
export function closeLeaf(g: Growth): void {
  const first = g.nEntries;
  if (g.nClasses == 2) {
    addEntry(g, 0, <u32>(g.weight - g.second));
    addEntry(g, 1, <u32>g.second);
  } else {
    for (let k: u32 = 0; k < g.nClasses; k++) addEntry(g, k, load<u32>(g.totals + ((<usize>k) << 2)));
  }
  const node = nodeAt(g, g.current.node);
  node.feature = LEAF;
  node.next = first;
  node.nEntries = g.nEntries - first;
  if (node.nEntries == 1) {
    node.next = entryAt(g, first).label;
    node.nEntries = 0;
    g.nEntries = first;
  }
}

/** Makes a node a leaf of the class of its rows, of which one is at `place` of the tree's. */
export function closePure(g: Growth, leaf: u32, place: u32): void {
  const sample = load<u64>(g.samples + ((<usize>place) << 3));
  const node = nodeAt(g, leaf);
  node.feature = LEAF;
  node.next = labelOf(sample, g.nClasses);
  node.nEntries = 0;
}

function addEntry(g: Growth, label: u32, weight: u32): void {
  if (weight == 0) return;
  const entry = entryAt(g, g.nEntries++);
  entry.label = label;
  entry.weight = weight;
}

function entryAt(g: Growth, entry: u32): Entry {
  return changetype<Entry>(g.entries + <usize>entry * offsetof<Entry>());
}
