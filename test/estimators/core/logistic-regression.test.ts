import { expect } from 'chai';
import fc from 'fast-check';

import { type TrainingSet, TrainingCancelled } from '../../../src/estimators/estimator.js';
import { tensor } from '../../../src/estimators/tensor.js';
import { fit, predict, trainingSet } from '../../support/estimation.js';
import { naiveObjective, PENALTIES } from '../../support/linear-objective.js';
import { coreSpec, dataSet, fitted, overlapping, plain } from '../../support/linear-training.js';

function expectClose(found: readonly number[], expected: readonly number[], tolerance: number): void {
  expect(found).to.have.length(expected.length);
  found.forEach((value, i) => expect(value, String(i)).to.be.closeTo(expected[i], tolerance));
}

/** The training set with every row multiplied, feature by feature. */
function scaled(training: TrainingSet, factors: readonly number[]): TrainingSet {
  return { ...training, x: training.x.map((value, i) => value * factors[i % factors.length]) };
}

const rowsOf = ({ x, nSamples, nFeatures }: TrainingSet) =>
  Array.from({ length: nSamples }, (_, i) => Array.from(x.subarray(i * nFeatures, (i + 1) * nFeatures)));

describe('Logistic regression of the core', () => {
  it('gives the same tensors for the same arguments, with a sample of many rows too', () => {
    for (const training of [overlapping(100, 3, 3), overlapping(20_000, 8, 3)]) {
      const [first, second] = [fit(coreSpec({ tol: 1e-4 }), training), fit(coreSpec({ tol: 1e-4 }), training)];
      expect(first).to.deep.equal(second);
    }
  });

  it('reports its iterations, and that it has converged', () => {
    const { iterations, converged, tensors } = fitted(overlapping(200, 3, 3));
    expect(iterations).to.be.within(1, 200);
    expect(converged).to.equal(true);
    expect([tensors.n_iter.shape, tensors.converged.shape]).to.deep.equal([[1], [1]]);
  });

  it('reports when it has not converged, for every penalty', () => {
    for (const { given } of Object.values(PENALTIES)) {
      const { iterations, converged } = fitted(dataSet('wine'), { ...given, max_iter: 2 });
      expect([iterations, converged]).to.deep.equal([2, false]);
    }
  });

  for (const [name, { given, ...penalty }] of Object.entries(PENALTIES)) {
    for (const fit_intercept of [true, false]) {
      it(`reaches the optimum of ${name}, ${fit_intercept ? 'with' : 'without'} an intercept`, () => {
        for (const nClasses of [2, 3, 5]) {
          const training = overlapping(300, 4, nClasses, nClasses);
          const { coef, intercept, converged } = fitted(training, { ...given, fit_intercept });
          expect(converged).to.equal(true);
          const slopes = naiveObjective(training, coef, intercept, penalty);
          slopes.coef.forEach((slope, i) => {
            if (coef[i] === 0) expect(Math.abs(slope)).to.be.at.most(slopes.strength + 1e-7);
            else expect(slope + Math.sign(coef[i]) * slopes.strength).to.be.closeTo(0, 1e-7);
          });
          if (fit_intercept) slopes.intercept.forEach((slope) => expect(slope).to.be.closeTo(0, 1e-7));
          else expect(intercept.every((value) => value === 0)).to.equal(true);
        }
      });
    }
  }

  it('gives exact zeros with L1, more of them the stronger it is', () => {
    const zeros = [1, 0.1, 1e-6].map(
      (c) => fitted(overlapping(200, 8, 3), { penalty: 'l1', c }).coef.filter((w) => w === 0).length,
    );
    expect(zeros[0]).to.be.below(zeros[1]);
    expect(zeros[1]).to.be.below(zeros[2]);
    expect(zeros[2]).to.equal(24);
  });

  it('takes rows of weight 0 as if they were not there', () => {
    const training = overlapping(200, 3, 3);
    const sampleWeight = Float64Array.from({ length: 200 }, (_, i) => (i % 3 === 1 ? 0 : 1));
    const kept = rowsOf(training).filter((_, i) => i % 3 !== 1);
    const rest = trainingSet(
      kept,
      Array.from(training.y).filter((_, i) => i % 3 !== 1),
    );
    const ones = new Float64Array(rest.nSamples).fill(1);
    expect(fitted({ ...training, sampleWeight })).to.deep.equal(fitted({ ...rest, sampleWeight: ones }));
    expect(fitted({ ...training, sampleWeight })).to.deep.equal(fitted(rest));
  });

  it('takes weights of whole numbers as rows that are there so often', () => {
    for (const { given } of Object.values(PENALTIES)) {
      const training = overlapping(150, 3, 3);
      const sampleWeight = Float64Array.from({ length: 150 }, (_, i) => 1 + (i % 3));
      const repeat = <T>(values: readonly T[]) =>
        values.flatMap((value, i) => Array.from({ length: 1 + (i % 3) }, () => value));
      const repeated = trainingSet(repeat(rowsOf(training)), repeat(Array.from(training.y)));
      const [a, b] = [fitted({ ...training, sampleWeight }, given), fitted(repeated, given)];
      expectClose(a.coef, b.coef, 1e-6);
      expectClose(a.intercept, b.intercept, 1e-6);
    }
  });

  it('does not mind the size of weights when there is no penalty', () => {
    const training = overlapping(150, 3, 3);
    const [a, b] = [1, 1e300].map((weight) =>
      fitted({ ...training, sampleWeight: new Float64Array(150).fill(weight) }, { penalty: 'none' }),
    );
    expectClose(a.coef, b.coef, 1e-6);
  });

  it('finds the same model whatever the units of the features, 1e-8 to 1e8', () => {
    const training = overlapping(300, 5, 3);
    const factors = [1e-8, 1e-4, 1, 1e4, 1e8];
    const [a, b] = [training, scaled(training, factors)].map((set) => fitted(set, { penalty: 'none' }));
    expect(b.converged).to.equal(true);
    expectClose(
      b.coef.map((w, i) => w * factors[i % 5]),
      a.coef,
      1e-6,
    );
    expectClose(b.intercept, a.intercept, 1e-6);
  });

  it('keeps the penalty on the raw coefficients', () => {
    const factors = [1e-3, 1, 1e3, 10];
    for (const { given, ...penalty } of Object.values(PENALTIES)) {
      const training = scaled(overlapping(200, 4, 3), factors);
      const { coef, intercept, converged } = fitted(training, given);
      expect(converged).to.equal(true);
      const best = naiveObjective(training, coef, intercept, penalty).value;
      // No step away from it in any coefficient is lower.
      coef.forEach((_, i) => {
        for (const by of [-1e-3, 1e-3]) {
          const moved = coef.map((w, at) => (at === i ? w + by / factors[i % 4] : w));
          expect(naiveObjective(training, moved, intercept, penalty).value).to.be.at.least(best - 1e-12);
        }
      });
    }
  });

  it('converges within 100 iterations with duplicate and collinear columns, and far from 0', () => {
    const training = overlapping(400, 3, 3);
    const rows = rowsOf(training).map(([a, b, c]) => [a, a, b, a + b, c, 1e6 + c, 1e-6 * a + c, 7]);
    for (const penalty of ['none', 'l2']) {
      const { converged, coef } = fitted(trainingSet(rows, Array.from(training.y)), {
        penalty,
        tol: 1e-6,
        max_iter: 100,
      });
      expect(converged, penalty).to.equal(true);
      expect([7, 15, 23].map((i) => coef[i])).to.deep.equal([0, 0, 0]);
    }
  });

  it('gives equal columns equal coefficients', () => {
    const training = overlapping(200, 2, 2);
    const { coef } = fitted(
      trainingSet(
        rowsOf(training).map(([a, b]) => [a, a, b]),
        Array.from(training.y),
      ),
    );
    expect(coef[0]).to.be.closeTo(coef[1], 1e-6);
  });

  it('separates what is separable with a penalty, and says so without one', () => {
    const rows = Array.from({ length: 40 }, (_, i) => [i < 20 ? i : 30 + i]);
    const training = trainingSet(
      rows,
      rows.map((_, i) => (i < 20 ? 0 : 1)),
    );
    expect(fitted(training).converged).to.equal(true);
    const free = fitted(training, { penalty: 'none', tol: 1e-4 });
    expect(free.coef[0]).to.satisfy(Number.isFinite);
    const probabilities = predict(coreSpec({ penalty: 'none' }), free.tensors, training, rows);
    probabilities.forEach(([p], i) => expect(p).to.be.closeTo(i < 20 ? 1 : 0, 0.01));
  });

  it('takes 100 classes, and a class with one row', () => {
    const many = overlapping(1000, 6, 100);
    const { converged, coef } = fitted(many, { tol: 1e-6 });
    expect(converged).to.equal(true);
    expect(coef).to.have.length(600);
    const rare = { ...overlapping(500, 2, 2), nClasses: 3 };
    rare.y[17] = 2;
    const { converged: end, tensors } = fitted(rare);
    expect(end).to.equal(true);
    const [row] = predict(coreSpec(), tensors, rare, [[0, 0]]);
    expect(row[2]).to.be.within(0, 0.02);
  });

  it('stays finite when a class has no weight', () => {
    const training = overlapping(100, 2, 3);
    const sampleWeight = Float64Array.from(training.y, (label) => (label === 2 ? 0 : 1));
    const { tensors, converged } = fitted({ ...training, sampleWeight }, { tol: 1e-4 });
    expect(converged).to.equal(true);
    for (const [, , p] of predict(coreSpec(), tensors, training, rowsOf(training))) expect(p).to.be.below(1e-3);
  });

  it('agrees with itself between single and double precision, and samples and all rows', () => {
    // Enough numbers to be stored in single precision; a tight tolerance ends in double precision.
    const training = overlapping(40_000, 5, 3);
    const { coef, intercept, converged } = fitted(training);
    expect(converged).to.equal(true);
    const slopes = naiveObjective(training, coef, intercept, { c: 1, l1: 0, l2: 1 });
    for (const slope of [...slopes.coef, ...slopes.intercept]) expect(slope).to.be.closeTo(0, 1e-7);
    const quick = fitted(training, { tol: 1e-4 });
    const value = (model: typeof quick) =>
      naiveObjective(training, model.coef, model.intercept, { c: 1, l1: 0, l2: 1 });
    expect(value(quick).value).to.be.closeTo(slopes.value, 1e-6);
  });

  it('reports the mean loss at each iteration, and hears a cancellation within long ones', () => {
    const training = overlapping(300, 3, 3);
    const seen: [number, number, number][] = [];
    const tensors = fit(coreSpec({ max_iter: 77 }), training, {
      progress: (iteration, iterations, loss = NaN) => void seen.push([iteration, iterations, loss]),
    });
    const { coef, intercept, iterations } = plain(tensors);
    expect(seen.map(([iteration]) => iteration)).to.deep.equal(seen.map((_, i) => i + 1));
    expect(seen.at(-1)?.slice(0, 2)).to.deep.equal([iterations, iterations]);
    const loss = naiveObjective(training, coef, intercept, { c: 1, l1: 0, l2: 0 }).value;
    expect(seen.at(-1)?.[2]).to.be.closeTo(loss, 1e-12);

    let calls = 0;
    const cancel = () => {
      if (++calls === 3) throw new TrainingCancelled();
    };
    expect(() => fit(coreSpec(), overlapping(30_000, 16, 60), { progress: cancel })).to.throw(TrainingCancelled);
  });

  it('is its restored self', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 1, max: 6 }), (nClasses, nFeatures) => {
        const training = overlapping(60, nFeatures, nClasses, nClasses * 10 + nFeatures);
        const { tensors, coef, intercept } = fitted(training);
        const probabilities = predict(coreSpec(), tensors, training, rowsOf(training));
        probabilities.forEach((row, i) => {
          const x = rowsOf(training)[i];
          const own = intercept.map((b, k) => x.reduce((sum, value, j) => sum + value * coef[k * nFeatures + j], b));
          const scores = nClasses === 2 ? [0, own[0]] : own;
          const total = scores.reduce((sum, score) => sum + Math.exp(score), 0);
          expectClose(
            row,
            scores.map((score) => Math.exp(score) / total),
            1e-12,
          );
        });
      }),
      { numRuns: 15 },
    );
  });

  it('refuses damaged tensors', () => {
    const training = dataSet('iris');
    const { tensors } = fitted(training);
    for (const name of Object.keys(tensors)) {
      const { [name]: _, ...others } = tensors;
      expect(() => predict(coreSpec(), others, training, [])).to.throw(RangeError, `tensor ${name} is missing`);
    }
    const notFinite = { ...tensors, intercept: tensor('F64', [3], Float64Array.of(0, NaN, 0)) };
    expect(() => predict(coreSpec(), notFinite, training, [])).to.throw(RangeError, 'finite');
    const narrow = { ...tensors, coef: tensor('F64', [3, 3], new Float64Array(9)) };
    expect(() => predict(coreSpec(), narrow, training, [])).to.throw(RangeError, 'tensor coef');
  });

  it('honours every hyperparameter but those of other solvers', () => {
    const spec = coreSpec();
    expect(Object.keys(spec.hyperparameters)).to.have.members(
      'penalty c l1_ratio tol fit_intercept max_iter solver dual intercept_scaling'.split(' '),
    );
    for (const given of [{ solver: 'saga' }, { dual: true }, { intercept_scaling: 2 }]) {
      expect(() => coreSpec(given)).to.throw();
    }
  });
});
