import { expect } from 'chai';
import fc from 'fast-check';

import { Cholesky } from '../../../../src/estimators/core/linear/cholesky.js';

describe('A Cholesky factorisation', () => {
  it('solves for any positive definite matrix', () => {
    const factor = fc.integer({ min: 1, max: 8 }).chain((size) =>
      fc.record({
        size: fc.constant(size),
        a: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: size * size, maxLength: size * size }),
        x: fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: size, maxLength: size }),
      }),
    );
    fc.assert(
      fc.property(factor, ({ size, a, x }) => {
        const matrix = new Float64Array(size * size);
        for (let i = 0; i < size; i++) {
          for (let j = 0; j < size; j++) {
            for (let k = 0; k < size; k++) matrix[i * size + j] += a[i * size + k] * a[j * size + k];
          }
          matrix[i * size + i] += 0.5;
        }
        const product = Array.from({ length: size }, (_, i) => x.reduce((s, v, j) => s + matrix[i * size + j] * v, 0));
        const vector = Float64Array.from([7, ...product, 7]);
        new Cholesky(matrix, size, 0).solve(vector, 1);
        [7, ...x, 7].forEach((value, i) => expect(vector[i]).to.be.closeTo(value, 1e-9));
      }),
    );
  });

  it('stays finite where columns depend on each other', () => {
    const vector = Float64Array.of(1, 1);
    new Cholesky(Float64Array.of(1, 1, 1, 1), 2, 1e-8).solve(vector, 0);
    expect(vector.every(Number.isFinite)).to.equal(true);
  });
});
