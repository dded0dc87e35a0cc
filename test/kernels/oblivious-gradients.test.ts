import { expect } from 'chai';
import fc from 'fast-check';

import { Workspace } from '../../src/kernels/workspace.js';

const float = (min: number, max: number) => fc.double({ min, max, noNaN: true }).map(Math.fround);

describe('The gradients that trees are searched by', () => {
  const problem = fc.constantFrom(2, 3, 4, 7).chain((nClasses) => {
    const nOutputs = nClasses === 2 ? 1 : nClasses;
    const row = fc.record({
      scores: fc.array(fc.oneof(float(-9, 9), fc.constantFrom(0, 60, -60)), { minLength: nOutputs, maxLength: nOutputs }), // prettier-ignore
      label: fc.integer({ min: 0, max: nClasses - 1 }),
      weight: fc.oneof(float(0.01, 9), fc.constant(0)),
    });
    const rows = fc.integer({ min: 1, max: 6 }).chain((n) => fc.array(row, { minLength: 4 * n, maxLength: 4 * n }));
    return fc.record({ nClasses: fc.constant(nClasses), rows });
  });

  it('come in pairs with the weight behind, and their norms are summed up', () => {
    fc.assert(
      fc.property(problem, ({ nClasses, rows }) => {
        const n = rows.length;
        const nOutputs = rows[0].scores.length;
        const nPairs = Math.floor(nOutputs / 2) + 1;
        const workspace = new Workspace(1 << 14);
        const { kernels } = workspace;
        const [scores, labels, weights] = [workspace.f32(n * nOutputs), workspace.i32(n), workspace.f32(n)];
        rows.forEach((row, i) => row.scores.forEach((score, k) => (scores[k * n + i] = score)));
        labels.set(rows.map(({ label }) => label));
        weights.set(rows.map(({ weight }) => weight));
        const [pairs, norms, sums] = [workspace.f32(2 * nPairs * n), workspace.f32(n), workspace.f64(2)];
        const to = [pairs.address, norms.address, sums.address] as const;
        if (nClasses === 2) {
          kernels.sigmoidStructure(scores.address, labels.address, weights.address, n, ...to);
        } else {
          const probabilities = workspace.f32(n * nClasses);
          kernels.softmaxProbabilities(scores.address, n, nClasses, probabilities.address);
          kernels.softmaxStructure(probabilities.address, labels.address, weights.address, n, nClasses, ...to);
        }
        const all = rows.map((row) => {
          const of = nOutputs === 1 ? [0, row.scores[0]] : row.scores;
          const exponentials = of.map((score) => Math.exp(score - Math.max(...of)));
          const total = exponentials.reduce((sum, value) => sum + value);
          const gradients = exponentials.map((value, k) => row.weight * (value / total - Number(k === row.label)));
          return nOutputs === 1 ? [gradients[1]] : gradients;
        });
        const numbers = all.map((of, i) => (nOutputs % 2 === 0 ? [...of, 0, rows[i].weight] : [...of, rows[i].weight]));
        numbers.forEach((of, i) =>
          of.forEach((value, at) => {
            const found = pairs[2 * ((at >> 1) * n + i) + (at & 1)];
            expect(found).to.be.closeTo(value, 1e-5);
          }),
        );
        const squares = all.map((of) => of.reduce((sum, gradient) => sum + gradient ** 2, 0));
        squares.forEach((square, i) => expect(norms[i]).to.be.closeTo(square, 1e-5 * (1 + square)));
        const total = squares.reduce((sum, square) => sum + square, 0);
        const length = squares.reduce((sum, square) => sum + Math.sqrt(square), 0);
        expect(sums[0]).to.be.closeTo(length, 1e-5 * (1 + length));
        expect(sums[1]).to.be.closeTo(total, 1e-5 * (1 + total));
      }),
    );
  });
});
