import { expect } from 'chai';
import { engineOf } from '../../src/estimators/catalog.js';
import { largeModels } from '../support/large-models.js';

describe('Restoring a large model', () => {
  for (const [name, make] of Object.entries(largeModels)) {
    it(`lets others have the thread again and again: ${name}`, () => {
      const { spec, tensors, shape } = make();
      const bytes = Object.values(tensors).reduce((sum, { data }) => sum + data.byteLength, 0);
      const work = engineOf(spec).restore(tensors, shape, spec.hyperparameters);
      let parts = 0;
      let step = work.next();
      for (; step.done !== true; step = work.next()) parts++;
      expect(bytes).to.be.above(4 * 2 ** 20);
      // A part of a quarter of a megabyte, and most of these go through the bytes more than once.
      expect(parts * 2 ** 18).to.be.above(bytes);
      const { nFeatures, nClasses } = shape;
      const probabilities = new Float64Array(nClasses);
      step.value.predictProbabilities(
        { rows: 1, columns: nFeatures, data: new Float64Array(nFeatures) },
        probabilities,
      );
      expect(probabilities.reduce((sum, p) => sum + p, 0)).to.be.closeTo(1, 1e-9);
    }).timeout(60_000);
  }
});
