import { expect } from 'chai';
import fc from 'fast-check';

import { Workspace } from '../../src/kernels/workspace.js';

const score = fc
  .oneof(fc.double({ min: -30, max: 30, noNaN: true }), fc.constantFrom(0, -0, 88, -88, 1e4, -1e4))
  .map(Math.fround);
const weight = fc.oneof(fc.double({ min: 0.01, max: 100, noNaN: true }), fc.constantFrom(0, 1)).map(Math.fround);

/** log(sum of e^score) less the own score, without overflow. */
function naiveLoss(scores: readonly number[], label: number): number {
  const largest = Math.max(...scores);
  const total = scores.reduce((sum, value) => sum + Math.exp(value - largest), 0);
  return Math.log(total) + (largest - scores[label]);
}

/** Groups of 4 rows that have scores for `nOutputs` outputs. */
function groups(nOutputs: number) {
  const row = fc.record({
    scores: fc.array(score, { minLength: nOutputs, maxLength: nOutputs }),
    label: fc.integer({ min: 0, max: Math.max(2, nOutputs) - 1 }),
    weight,
  });
  return fc.integer({ min: 1, max: 9 }).chain((n) => fc.array(row, { minLength: 4 * n, maxLength: 4 * n }));
}

describe('The log loss of scores', () => {
  const problem = fc.constantFrom(1, 3, 7).chain((nOutputs) => groups(nOutputs));

  it('is the weighted sum over the rows of one group of 4 in every `step`', () => {
    fc.assert(
      fc.property(problem, fc.integer({ min: 1, max: 10 }), (rows, step) => {
        const n = rows.length;
        const nOutputs = rows[0].scores.length;
        const workspace = new Workspace(4096 + n * (4 * nOutputs + 8));
        const scores = workspace.f32(n * nOutputs);
        rows.forEach((row, i) => row.scores.forEach((value, k) => (scores[k * n + i] = value)));
        const [labels, weights, sums] = [workspace.i32(n), workspace.f32(n), workspace.f64(2)];
        labels.set(rows.map(({ label }) => label));
        weights.set(rows.map((row) => row.weight));
        const { kernels } = workspace;
        if (nOutputs === 1) {
          kernels.sigmoidLogLoss(scores.address, labels.address, weights.address, n, step, sums.address);
        } else {
          kernels.softmaxLogLoss(scores.address, labels.address, weights.address, n, nOutputs, step, sums.address);
        }
        const chosen = rows.filter((_, i) => Math.floor(i / 4) % step === 0);
        const loss = chosen.reduce((sum, row) => {
          const all = nOutputs === 1 ? [0, row.scores[0]] : row.scores;
          return sum + row.weight * naiveLoss(all, row.label);
        }, 0);
        const total = chosen.reduce((sum, row) => sum + row.weight, 0);
        expect(sums[1]).to.be.closeTo(total, 1e-6 * total);
        expect(sums[0]).to.be.closeTo(loss, 2e-6 * (loss + total));
      }),
    );
  });
});
