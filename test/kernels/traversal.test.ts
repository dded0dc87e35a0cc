import { expect } from 'chai';
import fc from 'fast-check';

import { forestPredictor } from '../../src/estimators/core/forest-predictor.js';
import { type Forest, LEAF } from '../../src/estimators/core/forest-tensors.js';
import { runThrough } from '../../src/estimators/in-parts.js';

const N_FEATURES = 3;
const N_CLASSES = 4;

/** A tree as people draw it. */
type Tree =
  | { readonly shares: readonly number[] }
  | {
      readonly feature: number;
      readonly threshold: number;
      readonly missingLeft: boolean;
      readonly left: Tree;
      readonly right: Tree;
    };

const share = fc.integer({ min: 0, max: 4 });
const leaf = fc
  .array(share, { minLength: N_CLASSES, maxLength: N_CLASSES })
  .filter((counts) => counts.some((count) => count > 0))
  .map((counts): Tree => {
    const total = counts.reduce((sum, count) => sum + count);
    return { shares: counts.map((count) => count / total) };
  });
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'medium' },
    leaf,
    fc.record({
      feature: fc.integer({ min: 0, max: N_FEATURES - 1 }),
      threshold: fc.constantFrom(-1, 0, 0.5, 1, Infinity),
      missingLeft: fc.boolean(),
      left: tie('tree'),
      right: tie('tree'),
    }),
  ),
}));
const cell = fc.constantFrom(-1, -0.5, 0, 0.5, 0.7, 1, 2, -Number.MAX_VALUE, Number.MAX_VALUE, NaN);
const rowOf = fc.array(cell, { minLength: N_FEATURES, maxLength: N_FEATURES });

/** The tensors of trees, in pre-order. */
function forestOf(trees: readonly Tree[]): Forest {
  const [treeStart, feature, threshold, missingLeft] = [[0], [] as number[], [] as number[], [] as number[]];
  const [leaves, shareStart, shareClass, shares] = [[] as number[], [0], [] as number[], [] as number[]];
  const write = (node: Tree): void => {
    if ('shares' in node) {
      feature.push(LEAF);
      const present = node.shares.flatMap((p, k) => (p > 0 ? [k] : []));
      if (present.length === 1) {
        leaves.push(present[0]);
        return;
      }
      leaves.push(N_CLASSES);
      shareClass.push(...present);
      shares.push(...present.map((k) => node.shares[k]));
      shareStart.push(shares.length);
      return;
    }
    feature.push(node.feature);
    threshold.push(node.threshold);
    missingLeft.push(node.missingLeft ? 1 : 0);
    write(node.left);
    write(node.right);
  };
  for (const each of trees) {
    write(each);
    treeStart.push(feature.length);
  }
  return {
    treeStart: Uint32Array.from(treeStart),
    feature: Int32Array.from(feature),
    threshold: Float64Array.from(threshold),
    missingLeft: Uint8Array.from(missingLeft),
    leaf: Uint32Array.from(leaves),
    shareStart: Uint32Array.from(shareStart),
    shareClass: Uint32Array.from(shareClass),
    share: Float64Array.from(shares),
  };
}

function sharesAt(node: Tree, row: readonly number[]): readonly number[] {
  if ('shares' in node) return node.shares;
  const value = row[node.feature];
  const goesLeft = Number.isNaN(value) ? node.missingLeft : value <= node.threshold;
  return sharesAt(goesLeft ? node.left : node.right, row);
}

/** What a forest should say of rows: shares are added tree by tree, in order. */
function naiveProbabilities(trees: readonly Tree[], rows: readonly (readonly number[])[]): number[] {
  return rows.flatMap((row) => {
    const sums = Array.from({ length: N_CLASSES }, () => 0);
    for (const each of trees) sharesAt(each, row).forEach((p, k) => (sums[k] += p));
    return sums.map((sum) => sum / trees.length);
  });
}

/** Predicts the rows as one batch, and requires what the naive walk says, to the last bit. */
function requireNaive(trees: readonly Tree[], batches: readonly (readonly (readonly number[])[])[]): void {
  const predictor = runThrough(forestPredictor(forestOf(trees), { nFeatures: N_FEATURES, nClasses: N_CLASSES }));
  for (const rows of batches) {
    for (const values of [Float64Array, Float32Array]) {
      const data = values.from(rows.flat());
      const found = new Float64Array(rows.length * N_CLASSES);
      predictor.predictProbabilities({ rows: rows.length, columns: N_FEATURES, data }, found);
      const given = rows.map((_, i) => [...data.subarray(i * N_FEATURES, (i + 1) * N_FEATURES)]);
      expect([...found]).to.deep.equal(naiveProbabilities(trees, given));
    }
  }
}

const pureLeaf = (label: number): Tree => ({
  shares: Array.from({ length: N_CLASSES }, (_, k) => Number(k === label)),
});

/** A tree of one long branch, with a leaf at each level. */
function chain(depth: number, right: boolean): Tree {
  let below: Tree = { shares: [0.5, 0, 0.25, 0.25] };
  for (let level = depth; level > 0; level--) {
    const end = pureLeaf(level % N_CLASSES);
    const threshold = right ? level / depth : -level / depth;
    const sides: Record<'left' | 'right', Tree> = right ? { left: end, right: below } : { left: below, right: end };
    below = { feature: level % N_FEATURES, threshold, missingLeft: level % 2 === 0, ...sides };
  }
  return below;
}

/** Rows that part all along the chains, in an order that mixes them. */
function spread(nRows: number, missing = false): number[][] {
  return Array.from({ length: nRows }, (_row, i) =>
    Array.from({ length: N_FEATURES }, (_value, j) => {
      if (missing && (i * 7 + j) % 5 === 0) return NaN;
      return (((i * 37 + j * 11) % 101) - 50) / 40;
    }),
  );
}

describe('The walk of rows through trees', () => {
  it('averages the shares of the leaves that each row reaches', () => {
    fc.assert(
      fc.property(
        fc.array(tree, { minLength: 1, maxLength: 20 }),
        fc.oneof(
          rowOf.map((row) => [row]),
          fc.array(rowOf, { minLength: 1, maxLength: 40 }),
        ),
        (trees, rows) => requireNaive(trees, [rows]),
      ),
      { numRuns: 200 },
    );
  });

  const trees = [chain(40, true), pureLeaf(2), chain(3, false), chain(1, true), chain(60, false)];

  it('takes batches of every size, one after the other, through deep, shallow and lone leaves', () => {
    const rows = spread(70);
    requireNaive(
      trees,
      rows.map((_, i) => rows.slice(0, rows.length - i)),
    );
  });

  it('takes more rows than it has room for at a time', () => {
    requireNaive(trees, [spread(2500), spread(1025), spread(1024)]);
  });

  it('takes rows with missing values among the others', () => {
    requireNaive(trees, [spread(2500, true), spread(9, true), spread(1, true)]);
  });

  it('goes through trees that are all a leaf', () => {
    requireNaive([pureLeaf(3), { shares: [0.75, 0.25, 0, 0] }], [spread(1), spread(20, true)]);
  });
});
