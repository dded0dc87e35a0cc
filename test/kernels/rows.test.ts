import { expect } from 'chai';
import fc from 'fast-check';

import { Workspace } from '../../src/kernels/workspace.js';
import { BLOCK, placeOf, stored } from './blocks.js';

const blocks = fc.integer({ min: 1, max: 9 }).chain((features) => {
  const numbers = (length: number) =>
    fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: length, maxLength: length });
  return fc.record({
    features: fc.constant(features),
    raw: numbers(BLOCK * features),
    about: numbers(features),
    weights: fc.array(fc.constantFrom(0, 1, 2.5), { minLength: BLOCK, maxLength: BLOCK }),
  });
});

for (const mode of ['32', '64'] as const) {
  describe(`The kernels of rows, ${mode}`, () => {
    it('sum moments as their naive twins', () => {
      fc.assert(
        fc.property(blocks, ({ features, raw, about, weights }) => {
          const workspace = new Workspace(1 << 18);
          const x = workspace.f64(BLOCK * features + 1);
          const [shift, sums, squares] = [0, 1, 2].map(() => workspace.f64(features + 1));
          const w = stored(workspace, mode, BLOCK);
          x.set(raw);
          shift.set(about);
          w.set(weights);
          sums.fill(1);
          const addresses = [x.address, w.address, features, shift.address, sums.address, squares.address] as const;
          workspace.kernels[`addColumnMoments${mode}`](...addresses);
          for (let j = 0; j < features; j++) {
            const differences = weights.map((weight, i): number => weight * (raw[i * features + j] - about[j]));
            const sum = differences.reduce((total, value) => total + value, 1);
            const square = weights.reduce<number>(
              (t, weight, i) => t + weight * (raw[i * features + j] - about[j]) ** 2,
              0,
            );
            expect(sums[j]).to.be.closeTo(sum, 1e-6);
            expect(squares[j]).to.be.closeTo(square, 1e-10 * square);
          }
        }),
        { numRuns: 40 },
      );
    });

    it('scale rows into blocks, with zeros beyond the features', () => {
      fc.assert(
        fc.property(blocks, ({ features, raw, about }) => {
          const width = Math.ceil(features / 4) * 4;
          const workspace = new Workspace(1 << 18);
          const x = workspace.f64(BLOCK * features + 1);
          x.set(raw);
          const [unit, centre, inverse] = [0, 1, 2].map(() => workspace.f64(width));
          unit.fill(0.5, 0, features);
          centre.set(about);
          inverse.fill(3, 0, features);
          const block = stored(workspace, mode, BLOCK * width).fill(7);
          const columns = [unit.address, centre.address, inverse.address] as const;
          const at = (block as unknown as { address: number }).address;
          workspace.kernels[`placeBlock${mode}`](x.address, features, width, ...columns, at);
          for (let i = 0; i < BLOCK; i++) {
            for (let j = 0; j < width; j++) {
              const exact = j < features ? (raw[i * features + j] * 0.5 - about[j]) * 3 : 0;
              expect(block[placeOf(i, j, width)]).to.equal((mode === '32' ? Math.fround(exact) : exact) + 0);
            }
          }
        }),
        { numRuns: 40 },
      );
    });

    it('sum second moments as their naive twin', () => {
      fc.assert(
        fc.property(blocks, ({ features, raw, weights }) => {
          const width = Math.ceil(features / 4) * 4;
          const workspace = new Workspace(1 << 18);
          const x = stored(workspace, mode, 2 * BLOCK * width);
          const w = stored(workspace, mode, 2 * BLOCK);
          w.set([...weights, ...weights]);
          const value = (i: number, j: number) =>
            j < features ? Math.fround(raw[(i % BLOCK) * features + j] / 1e6) : 0;
          for (let i = 0; i < 2 * BLOCK; i++) for (let j = 0; j < width; j++) x[placeOf(i, j, width)] = value(i, j);
          const scratch = stored(workspace, mode, BLOCK);
          const moments = workspace.f64(width * width);
          const ends = [2, width, scratch.address, moments.address] as const;
          workspace.kernels[`addMoments${mode}`](x.address, w.address, ...ends);
          for (let a = 0; a < width; a++) {
            for (let b = 0; b < width; b++) {
              let sum = 0;
              for (let i = 0; i < 2 * BLOCK; i++) sum += w[i] * value(i, a) * value(i, b);
              expect(moments[a * width + b]).to.be.closeTo(sum, mode === '32' ? 1e-4 : 1e-10);
            }
          }
        }),
        { numRuns: 20 },
      );
    });
  });
}
