import { expect } from 'chai';
import { synthetic } from '../../bench/data/synthetic.js';
import { countEqualSets } from '../../bench/estimators/equal-sets.js';
import { logisticObjective } from '../../bench/estimators/logistic-objective.js';
import { neighboursOf } from '../../bench/estimators/neighbours-of.js';
import { tiedRows } from '../../bench/quality/ties.js';
import { accuracyOf, brierOf, differencesOf, labelsOf } from '../../bench/scores.js';
import { naiveObjective } from '../support/linear-objective.js';
import { nearestOf } from '../support/naive-neighbours.js';

const rowsOf = (x: Float64Array, columns: number) =>
  Array.from({ length: x.length / columns }, (_, row) => Array.from(x.subarray(row * columns, (row + 1) * columns)));

describe('The measures of the benchmarks', () => {
  for (const classes of [2, 3]) {
    it(`have scikit-learn's objective of logistic regression with ${classes} classes`, () => {
      const problem = synthetic(50, 4, classes, 1);
      const outputs = classes === 2 ? 1 : classes;
      const coef = Array.from({ length: outputs * 4 }, (_, i) => Math.sin(i + 1));
      const intercept = Array.from({ length: outputs }, (_, k) => 0.3 - k);
      const training = { ...problem, nSamples: 50, nFeatures: 4, nClasses: classes, seed: 0 };
      const { value } = naiveObjective(training, coef, intercept, { c: 1, l1: 0, l2: 1 });
      const model = { coef: Float64Array.from(coef), intercept: Float64Array.from(intercept) };
      expect(logisticObjective(problem, model)).to.be.closeTo(value, 1e-12);
    });
  }

  it('find the neighbours that our classifier votes with', () => {
    const { x, q, ...problem } = synthetic(300, 3, 2, 20);
    const rows = rowsOf(x, 3);
    const nearest = rowsOf(q, 3).flatMap((point) => nearestOf(rows, point, 4, 2).map(({ row }) => row));
    const found = neighboursOf({ x, q, ...problem }, 4);
    expect(countEqualSets(found, Int32Array.from(nearest), 4)).to.equal(20);
  });

  it('count sets as equal in whichever order, and different ones not', () => {
    expect(countEqualSets(Int32Array.of(3, 1, 2, 4, 5, 6), Int32Array.of(1, 2, 3, 4, 5, 7), 3)).to.equal(1);
  });

  it('see a tie at the last place, and none within it', () => {
    const x = Float64Array.of(0, 1, 1, 3, 5, -5);
    const q = Float64Array.of(0, 0, 1.5, 0.1);
    const problem = { columns: 1, classes: 2, x, y: new Int32Array(6), q, qy: new Int32Array(4) };
    expect(Array.from(tiedRows(problem, 4))).to.deep.equal([0, 0, 0, 0]);
    expect(Array.from(tiedRows(problem, 5))).to.deep.equal([1, 1, 0, 0]);
    expect(Array.from(tiedRows(problem, 3))).to.deep.equal([0, 0, 1, 0]);
    expect(Array.from(tiedRows(problem, 2))).to.deep.equal([1, 1, 0, 1]);
  });

  it('score probabilities', () => {
    const probabilities = Float64Array.of(0.5, 0.5, 0.2, 0.8, 1, 0);
    const y = Int32Array.of(0, 1, 1);
    expect(Array.from(labelsOf(probabilities, 2))).to.deep.equal([0, 1, 0]);
    expect(accuracyOf(probabilities, y, 2)).to.be.closeTo(2 / 3, 1e-12);
    expect(brierOf(probabilities, y, 2)).to.be.closeTo((0.5 + 0.08 + 2) / 3, 1e-12);
    const others = Float64Array.of(0.25, 0.75, 0.2, 0.8, 0.5, 0.5);
    expect(Array.from(differencesOf(probabilities, others, 2))).to.deep.equal([0.25, 0, 0.5]);
  });
});
