import { expect } from 'chai';
import fc from 'fast-check';

import { CurvatureMemory } from '../../../../src/estimators/core/linear/curvature-memory.js';
import { lbfgs } from '../../../../src/estimators/core/linear/lbfgs.js';
import type { Limits, SmoothFunction } from '../../../../src/estimators/core/linear/minimiser.js';
import { projectedLbfgs } from '../../../../src/estimators/core/linear/projected-lbfgs.js';

const limits: Limits = {
  tolerance: 1e-9,
  promise: Infinity,
  maxIterations: 500,
  noise: 1e-15,
  onIteration: () => undefined,
};
const identity = () => undefined;

/** Σ (1 - x_i)² + 100 (x_i+1 - x_i²)², a curved valley with its minimum at 1. */
const rosenbrock: SmoothFunction = {
  evaluate(x, gradient) {
    let value = 0;
    gradient.fill(0);
    for (let i = 0; i + 1 < x.length; i++) {
      const [a, b] = [1 - x[i], x[i + 1] - x[i] ** 2];
      value += a * a + 100 * b * b;
      gradient[i] -= 2 * a + 400 * x[i] * b;
      gradient[i + 1] += 200 * b;
    }
    return value;
  },
};

/** Σ curvature_i (x_i - centre_i)² / 2. */
function bowl(curvatures: readonly number[], centre: readonly number[]): SmoothFunction {
  return {
    evaluate(x, gradient) {
      let value = 0;
      x.forEach((p, i) => {
        gradient[i] = curvatures[i] * (p - centre[i]);
        value += 0.5 * gradient[i] * (p - centre[i]);
      });
      return value;
    },
  };
}

describe('L-BFGS', () => {
  it('finds the end of a curved valley', () => {
    for (const size of [2, 5, 10]) {
      const x = Float64Array.from({ length: size }, (_, i) => (i % 2 === 0 ? -1.2 : 1));
      const { ending, iterations } = lbfgs(rosenbrock, x, new CurvatureMemory(identity), limits);
      expect(ending).to.equal('converged');
      expect(iterations).to.be.below(120);
      if (size === 2) x.forEach((value) => expect(value).to.be.closeTo(1, 1e-8));
    }
  });

  it('finds the minimum of a bowl of whatever curvatures', () => {
    const numbers = (min: number, max: number) =>
      fc.array(fc.double({ min, max, noNaN: true }), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(numbers(0.01, 100), numbers(-10, 10), (curvatures, centre) => {
        const x = new Float64Array(6);
        const { ending } = lbfgs(bowl(curvatures, centre), x, new CurvatureMemory(identity), limits);
        expect(ending).to.equal('converged');
        x.forEach((value, i) => expect(value).to.be.closeTo(centre[i], 1e-6));
      }),
      { numRuns: 100 },
    );
  });

  it('needs one step where the Hessian is known', () => {
    const curvatures = [1e-4, 1, 1e4];
    const memory = new CurvatureMemory((vector) => vector.forEach((v, i) => (vector[i] = v / curvatures[i])));
    const x = new Float64Array(3);
    expect(lbfgs(bowl(curvatures, [1, 2, 3]), x, memory, limits)).to.deep.equal({ iterations: 1, ending: 'converged' });
  });

  it('says how it has ended', () => {
    const start = () => Float64Array.of(-1.2, 1);
    const memory = () => new CurvatureMemory(identity);
    expect(lbfgs(rosenbrock, start(), memory(), { ...limits, maxIterations: 3 })).to.deep.equal({
      iterations: 3,
      ending: 'iterations',
    });
    // A gradient that lies: no step against it lowers the value.
    const liar: SmoothFunction = { evaluate: (x, gradient) => (gradient.fill(-1), x[0]) };
    const x = start();
    expect(lbfgs(liar, x, memory(), limits).ending).to.equal('stalled');
    expect(x).to.deep.equal(start());
    // Values that hide what is below 1e-3, as rounding does.
    const coarse: SmoothFunction = {
      evaluate: (p, gradient) => Math.round(rosenbrock.evaluate(p, gradient) * 1e3) / 1e3,
    };
    const { ending } = lbfgs(coarse, start(), memory(), { ...limits, tolerance: 0, noise: 1e-3 });
    expect(ending).to.be.oneOf(['flat', 'stalled']);
  });
});

describe('Projected L-BFGS', () => {
  it('finds the minimum of a bowl with an L1 penalty, which is known', () => {
    const numbers = (min: number, max: number) =>
      fc.array(fc.double({ min, max, noNaN: true }), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(numbers(0.1, 10), numbers(-2, 2), numbers(0, 3), (curvatures, centre, strengths) => {
        const x = new Float64Array(5);
        const memory = new CurvatureMemory(identity);
        const penalty = Float64Array.from(strengths);
        const { ending } = projectedLbfgs(bowl(curvatures, centre), penalty, x, memory, identity, limits);
        // Values may tell no difference any more a moment before the gradient is small enough.
        expect(ending).to.be.oneOf(['converged', 'flat']);
        x.forEach((value, i) => {
          const shrunk = Math.max(0, Math.abs(centre[i]) - strengths[i] / curvatures[i]) * Math.sign(centre[i]);
          expect(value).to.be.closeTo(shrunk, 1e-6);
          if (Math.abs(shrunk) === 0) expect(Math.abs(value)).to.equal(0);
        });
      }),
      { numRuns: 100 },
    );
  });
});
