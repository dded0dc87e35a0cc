import { expect } from 'chai';

import { TrainingCancelled } from '../../../../src/estimators/estimator.js';
import { fit, specOf, trainingSet } from '../../../support/estimation.js';
import { lcg } from '../../../support/problems.js';

const random = lcg(8);
const rows = Array.from({ length: 300 }, () => Array.from({ length: 20 }, random));
const training = trainingSet(
  rows,
  rows.map((_, i) => i % 3),
);

for (const kind of ['lgbm_classifier', 'xgb_classifier'] as const) {
  describe(`The progress of ${kind}`, () => {
    const spec = specOf(kind, { n_estimators: 4 });

    it('tells each iteration once it is done, with a loss that falls', () => {
      const told: [iteration: number, iterations: number, loss: number | undefined][] = [];
      fit(spec, training, {
        progress(iteration, iterations, loss) {
          if (told.at(-1)?.[0] !== iteration) told.push([iteration, iterations, loss]);
        },
      });
      expect(told.map(([iteration, iterations]) => [iteration, iterations])).to.deep.equal(
        [0, 1, 2, 3, 4].map((iteration) => [iteration, 4]),
      );
      const losses = told.map(([, , loss]) => loss ?? Math.log(3));
      expect(losses).to.deep.equal(losses.toSorted((a, b) => b - a));
      expect(losses[4]).to.be.below(losses[0]);
    });

    it('hears of a cancellation inside an iteration, tree by tree and node by node', () => {
      const calls = new Map<number, number>();
      const count = (iteration: number) => calls.set(iteration, (calls.get(iteration) ?? 0) + 1).get(iteration) ?? 0;
      fit(spec, training, { progress: (iteration) => void count(iteration) });
      // Binning comes before the first iteration; the second one has nothing but trees, of 3 tiles a node.
      expect(calls.get(1)).to.be.above(3 * 3 * 2);
      calls.clear();
      const cancelled = () =>
        fit(spec, training, {
          progress(iteration) {
            if (count(iteration) > 5 && iteration === 1) throw new TrainingCancelled();
          },
        });
      expect(cancelled).to.throw(TrainingCancelled);
      expect([...calls.keys()]).to.deep.equal([0, 1]);
    });
  });
}
