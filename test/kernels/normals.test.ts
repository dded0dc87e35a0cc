import { expect } from 'chai';

import { Workspace } from '../../src/kernels/workspace.js';

const RECORD_BYTES = 16 + 256 * 4;

function draw(seed: number, n: number): number[] {
  const workspace = new Workspace(4096);
  const random = workspace.f64(1).address;
  const normals = workspace.u8(RECORD_BYTES).address;
  const { kernels } = workspace;
  kernels.seedRandom(random, seed, 0);
  kernels.startNormals(normals);
  return Array.from({ length: n }, () => kernels.nextNormal(normals, random));
}

describe('Normally distributed numbers', () => {
  const n = 200_000;
  const numbers = draw(3, n);
  const mean = (of: (x: number) => number) => numbers.reduce((sum, x) => sum + of(x), 0) / n;

  it('have the moments of the distribution', () => {
    // Within 5 deviations of what n numbers have by chance.
    for (const [power, moment, variance] of [
      [1, 0, 1],
      [2, 1, 2],
      [3, 0, 15],
      [4, 3, 96],
      [6, 15, 10_170],
    ]) {
      const found = mean((x) => x ** power);
      expect(found, `power ${power}`).to.be.closeTo(moment, 5 * Math.sqrt(variance / n));
    }
  });

  it('lie as often as they should between any bounds, and in the tails', () => {
    // The distribution function at these bounds.
    for (const [bound, below] of [
      [-3, 0.0013499],
      [-2, 0.0227501],
      [-1, 0.1586553],
      [-0.5, 0.3085375],
      [0, 0.5],
      [0.25, 0.5987063],
      [1.5, 0.9331928],
      [2.5, 0.9937903],
    ]) {
      const share = mean((x) => (x < bound ? 1 : 0));
      expect(share, `below ${bound}`).to.be.closeTo(below, 5 * Math.sqrt((below * (1 - below)) / n));
    }
  });

  it('do not depend on those before them', () => {
    for (const distance of [1, 2, 4, 8, 256]) {
      const product = numbers.slice(distance).reduce((sum, x, i) => sum + x * numbers[i], 0) / (n - distance);
      expect(product, `at a distance of ${distance}`).to.be.closeTo(0, 5 / Math.sqrt(n));
    }
  });

  it('are the same under the same seed, from the start of the stream on', () => {
    expect(draw(3, 600)).to.deep.equal(numbers.slice(0, 600));
    expect(draw(4, 600)).not.to.deep.equal(numbers.slice(0, 600));
  });
});
