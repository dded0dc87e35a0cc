import { TABLE_LENGTH, tabulateXlogx } from './entropy';
import { compactRows } from './compact-columns';
import { CANDIDATE_BYTES } from './frontier';
import { classStride, Growth, Pending, Split } from './growth';
import { FLAG_BYTES } from './occupied';
import { FEW_ROWS } from './sorting';

const N_BINS: usize = 256;
const ALIGNMENT: usize = 16;

/** A growth that nobody grows, to measure one with. */
const measured: usize = memory.data(512, 16);

// The end of what has been laid out.
let next: usize = 0;

/** The bytes of a growth with its scratch; `maxLeaves` is 0 when trees grow depth first. */
export function growthBytes(nRows: u32, nFeatures: u32, nClasses: u32, maxLeaves: u32): usize {
  return layOut(changetype<Growth>(measured), 0, nRows, nFeatures, nClasses, maxLeaves);
}

/**
 * Makes a growth of zeroed bytes at `g`, as many as `growthBytes` says.
 *
 * @param columns u8[nFeatures][nRows], the bins
 * @param labels u32[nRows], below nClasses
 * @param nodes Node[2 nRows], @param entries Entry[nRows + nClasses]: what a tree comes out as
 * @param importances f64[nFeatures], to which the gains of the splits are added
 */
export function setUpGrowth(
  g: Growth,
  nRows: u32,
  nFeatures: u32,
  nClasses: u32,
  maxLeaves: u32,
  columns: usize,
  labels: usize,
  nodes: usize,
  entries: usize,
  importances: usize,
): void {
  layOut(g, changetype<usize>(g), nRows, nFeatures, nClasses, maxLeaves);
  g.nRows = nRows;
  g.nFeatures = nFeatures;
  g.nClasses = nClasses;
  g.maxLeaves = maxLeaves;
  g.allColumns = columns;
  g.labels = labels;
  g.nodes = nodes;
  g.entries = entries;
  g.importances = importances;
  for (let i: u32 = 0; i < nFeatures; i++) store<u32>(g.features + ((<usize>i) << 2), i);
}

/**
 * Sets the limits of all trees, as scikit-learn has them.
 *
 * @param entropy the criterion: entropy, or else gini
 * @param minWeightFraction share of the tree's weight that a child must have
 * @param minDecrease of impurity, times the node's share of the tree's weight
 */
export function limitGrowth(
  g: Growth,
  entropy: bool,
  maxFeatures: u32,
  maxDepth: u32,
  minSplit: u32,
  minLeaf: u32,
  minWeightFraction: f64,
  minDecrease: f64,
): void {
  g.entropy = entropy;
  g.maxFeatures = maxFeatures;
  g.maxDepth = maxDepth;
  g.minSplit = minSplit;
  g.minLeaf = minLeaf;
  g.minWeightFraction = minWeightFraction;
  g.minDecrease = minDecrease;
  if (entropy) tabulateXlogx(g.xlogx);
}

function layOut(g: Growth, start: usize, nRows: u32, nFeatures: u32, nClasses: u32, maxLeaves: u32): usize {
  const rows = <usize>nRows;
  next = start;
  take(offsetof<Growth>());
  g.current = changetype<Pending>(take(offsetof<Pending>()));
  g.best = changetype<Split>(take(offsetof<Split>()));
  g.compactColumns = take(<usize>nFeatures * compactRows(nRows, nFeatures));
  g.rows = take(rows << 2);
  g.samples = take(rows << 3);
  g.spareRows = take(rows << 2);
  g.spareSamples = take(rows << 3);
  g.sorted = take((rows + FEW_ROWS) << 3);
  g.keys = take(rows + FEW_ROWS);
  g.histogram = take(nClasses == 2 ? N_BINS << 3 : N_BINS * classStride(nClasses));
  g.rowCounts = take(N_BINS << 2);
  g.ends = take(N_BINS << 2);
  g.flags = take(FLAG_BYTES);
  g.occupied = take(N_BINS);
  g.totals = take(classStride(nClasses));
  g.left = take(classStride(nClasses));
  g.features = take((<usize>nFeatures) << 2);
  g.stack = take((rows + 2) * offsetof<Pending>());
  g.frontier = take(<usize>min(maxLeaves, nRows) * CANDIDATE_BYTES);
  g.xlogx = take((<usize>TABLE_LENGTH) << 3);
  return next - start;
}

function take(bytes: usize): usize {
  const address = next;
  next += (bytes + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
  return address;
}
