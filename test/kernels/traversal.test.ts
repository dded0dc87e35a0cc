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

describe('The walk of rows through trees', () => {
  it('averages the shares of the leaves that each row reaches', () => {
    fc.assert(
      fc.property(
        fc.array(tree, { minLength: 1, maxLength: 20 }),
        fc.oneof(
          rowOf.map((row) => [row]),
          fc.array(rowOf, { minLength: 1, maxLength: 40 }),
        ),
        (trees, rows) => {
          const predictor = runThrough(
            forestPredictor(forestOf(trees), { nFeatures: N_FEATURES, nClasses: N_CLASSES }),
          );
          const found = new Float64Array(rows.length * N_CLASSES);
          predictor.predictProbabilities(
            { rows: rows.length, columns: N_FEATURES, data: Float64Array.from(rows.flat()) },
            found,
          );
          rows.forEach((row, i) => {
            for (let k = 0; k < N_CLASSES; k++) {
              const expected = trees.reduce((sum, each) => sum + sharesAt(each, row)[k], 0) / trees.length;
              expect(found[i * N_CLASSES + k]).to.be.closeTo(expected, 1e-12);
            }
          });
        },
      ),
      { numRuns: 200 },
    );
  });
});
