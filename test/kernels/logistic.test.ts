import { expect } from 'chai';
import fc from 'fast-check';

import { Workspace } from '../../src/kernels/workspace.js';
import { BLOCK, computed, type Mode, placeOf, stored } from './blocks.js';

/** A problem whose numbers are float32 already, so that the modes see the same. */
interface Problem {
  readonly width: number;
  readonly classes: number;
  readonly x: number[][];
  readonly labels: number[];
  readonly weights: number[];
  /** Shape: outputs x (width + 1), the intercept at the end. */
  readonly coef: number[][];
}

/** The kernels' naive twin. */
function naive({ width, classes, x, labels, weights, coef }: Problem): { loss: number; gradient: number[] } {
  let loss = 0;
  const gradient = coef.map((row) => row.map(() => 0));
  x.forEach((row, i) => {
    const scores = coef.map((c) => row.reduce((sum, value, j) => sum + value * c[j], c[width]));
    const all = classes === 2 ? [0, scores[0]] : scores;
    const largest = Math.max(...all);
    const exponentials = all.map((score) => Math.exp(score - largest));
    const total = exponentials.reduce((sum, value) => sum + value, 0);
    loss += weights[i] * (Math.log(total) + largest - all[labels[i]]);
    const residuals = exponentials.map((value, k) => weights[i] * (value / total - (labels[i] === k ? 1 : 0)));
    (classes === 2 ? residuals.slice(1) : residuals).forEach((residual, k) => {
      row.forEach((value, j) => (gradient[k][j] += residual * value));
      gradient[k][width] += residual;
    });
  });
  return { loss, gradient: gradient.flat() };
}

function byKernel(mode: Mode, { width, classes, x, labels, weights, coef }: Problem) {
  const workspace = new Workspace(1 << 20);
  const blocks = Math.ceil(x.length / BLOCK);
  const outputs = coef.length;
  const [xs, ws] = [stored(workspace, mode, blocks * BLOCK * width), stored(workspace, mode, blocks * BLOCK)];
  const ys = workspace.i32(blocks * BLOCK);
  x.forEach((row, i) => row.forEach((value, j) => (xs[placeOf(i, j, width)] = value)));
  ws.set(weights);
  ys.set(labels);
  const c = computed(workspace, mode, outputs * (width + 1));
  c.set(coef.flat());
  const scratch = computed(workspace, mode, (outputs + 1) * BLOCK);
  const gradient = workspace.f64(outputs * (width + 1));
  const { kernels } = workspace;
  const [at, to] = [[xs.address, ys.address, ws.address, blocks, width] as const, [c, scratch, gradient] as const];
  const [coefAt, scratchAt, gradientAt] = to.map((array) => array.address);
  const loss =
    classes === 2
      ? kernels[`sigmoidLoss${mode}`](...at, coefAt, scratchAt, gradientAt)
      : kernels[`softmaxLoss${mode}`](...at, classes, coefAt, scratchAt, gradientAt);
  return { loss, gradient: Array.from(gradient) };
}

const single = (bound: number) => fc.float({ min: -bound, max: bound, noNaN: true });

const problems = (bound: number) =>
  fc
    .record({
      n: fc.integer({ min: 1, max: 150 }),
      width: fc.integer({ min: 1, max: 4 }).map((quarter) => 4 * quarter),
      classes: fc.integer({ min: 2, max: 9 }),
    })
    .chain(({ n, width, classes }) => {
      const outputs = classes === 2 ? 1 : classes;
      const table = (rows: number, columns: number) =>
        fc.array(fc.array(single(bound), { minLength: columns, maxLength: columns }), {
          minLength: rows,
          maxLength: rows,
        });
      return fc.record<Problem>({
        width: fc.constant(width),
        classes: fc.constant(classes),
        x: table(n, width),
        labels: fc.array(fc.nat(classes - 1), { minLength: n, maxLength: n }),
        weights: fc.array(fc.constantFrom(0, 0.5, 1, 3), { minLength: n, maxLength: n }),
        coef: table(outputs, width + 1),
      });
    });

function expectClose(found: number, expected: number, tolerance: number): void {
  expect(Math.abs(found - expected), `${found} against ${expected}`).to.be.at.most(tolerance);
}

for (const [mode, precision] of [
  ['32', 1e-5],
  ['Mixed', 1e-12],
  ['64', 1e-12],
] as const) {
  describe(`The log loss kernels, ${mode}`, () => {
    it('are their naive twins', () => {
      fc.assert(
        fc.property(problems(3), (problem) => {
          const [found, expected] = [byKernel(mode, problem), naive(problem)];
          const size = problem.x.length * 9;
          expectClose(found.loss, expected.loss, precision * size * 10);
          found.gradient.forEach((value, i) => expectClose(value, expected.gradient[i], precision * size));
        }),
        { numRuns: 60 },
      );
    });

    it('stay finite with scores of any size', () => {
      fc.assert(
        fc.property(problems(1e9), (problem) => {
          const { loss, gradient } = byKernel(mode, problem);
          expect([loss, ...gradient].every(Number.isFinite)).to.equal(true);
          expect(loss).to.be.at.least(0);
        }),
        { numRuns: 60 },
      );
    });
  });
}

describe('The gradient of the log loss kernels', () => {
  it('is that of finite differences', () => {
    fc.assert(
      fc.property(problems(2), fc.nat(), (problem, index) => {
        const flat = problem.coef.flat();
        const at = index % flat.length;
        const moved = (by: number) => {
          const coef = problem.coef.map((row) => row.slice());
          coef[Math.floor(at / (problem.width + 1))][at % (problem.width + 1)] += by;
          return byKernel('64', { ...problem, coef }).loss;
        };
        const h = 1e-4;
        const slope = (moved(h) - moved(-h)) / (2 * h);
        expectClose(byKernel('64', problem).gradient[at], slope, 1e-5 * problem.x.length);
      }),
      { numRuns: 60 },
    );
  });

  it('takes 100 classes', () => {
    const n = 130;
    const problem: Problem = {
      width: 4,
      classes: 100,
      x: Array.from({ length: n }, (_, i) => [i / n, 1, -i / n, 0.5]),
      labels: Array.from({ length: n }, (_, i) => i % 100),
      weights: Array.from({ length: n }, () => 1),
      coef: Array.from({ length: 100 }, (_, k) => [k / 50, -1, k / 100, 0, k / 200]),
    };
    const [found, expected] = [byKernel('64', problem), naive(problem)];
    expectClose(found.loss, expected.loss, 1e-9);
    found.gradient.forEach((value, i) => expectClose(value, expected.gradient[i], 1e-10));
  });
});
