import { expect } from 'chai';
import fc from 'fast-check';
import { evaluate } from '../../src/training/evaluate.js';

describe('the scores of a model', () => {
  it('are those of scikit-learn for two classes', () => {
    // accuracy_score, log_loss and roc_auc_score of scikit-learn 1.9.1 on the same numbers.
    const positive = [0.1, 0.4, 0.35, 0.8, 0.8, 0.5];
    const probabilities = Float64Array.from(positive.flatMap((p) => [1 - p, p]));
    const scores = evaluate(probabilities, Int32Array.of(0, 0, 1, 1, 0, 1), 2);
    expect(scores.accuracy).to.equal(3 / 6);
    expect(scores.logLoss).to.be.closeTo(0.6986228180384585, 1e-12);
    expect(scores.rocAuc).to.be.closeTo(5.5 / 9, 1e-12);
  });

  it('are perfect for a perfect model, of any number of classes', () => {
    const probabilities = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
    expect(evaluate(probabilities, Int32Array.of(0, 1, 2), 3)).to.deep.equal({ accuracy: 1, logLoss: 0, rocAuc: 1 });
  });

  it('have no area under the curve where a class is missing', () => {
    expect(evaluate(Float64Array.of(0.5, 0.5, 0.9, 0.1), Int32Array.of(0, 0), 2).rocAuc).to.equal(undefined);
  });

  it('stay finite for a model that was certain and wrong', () => {
    expect(evaluate(Float64Array.of(1, 0), Int32Array.of(1), 2).logLoss).to.be.closeTo(36.04, 0.01);
  });

  it('have an area that is the share of pairs in the right order, ties counting half', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.boolean()), { minLength: 2 }), (rows) => {
        const probabilities = Float64Array.from(rows.flatMap(([score]) => [1 - score / 5, score / 5]));
        const y = Int32Array.from(rows, ([, positive]) => Number(positive));
        let pairs = 0;
        let right = 0;
        for (const [a, isPositive] of rows) {
          for (const [b, other] of rows) {
            if (!isPositive || other) continue;
            pairs++;
            right += a > b ? 1 : a === b ? 0.5 : 0;
          }
        }
        const { rocAuc } = evaluate(probabilities, y, 2);
        if (pairs === 0) expect(rocAuc).to.equal(undefined);
        else expect(rocAuc).to.be.closeTo(right / pairs, 1e-12);
      }),
    );
  });
});
