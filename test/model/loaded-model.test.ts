import { expect } from 'chai';
import { engineOf } from '../../src/estimators/catalog.js';
import type { Tensors } from '../../src/estimators/tensor.js';
import type { ModelCategories } from '../../src/model/categories.js';
import { categoryTensors } from '../../src/model/category-tensors.js';
import { featuresOf, type NamedMatrix } from '../../src/model/features.js';
import { LoadedModel } from '../../src/model/loaded-model.js';
import { cardOf } from '../support/card.js';
import { silent, specOf, trainingSet } from '../support/estimation.js';
import { largeModels } from '../support/large-models.js';

const never = new AbortController().signal;
const caller = { signal: never };
const LIMIT = 2 ** 30;

const estimator = specOf('random_forest_classifier', { n_estimators: 3 });
const categories: ModelCategories = [
  undefined,
  { kind: 'string', values: ['red', 'blue', 'green'] },
  { kind: 'integer', values: Float64Array.of(100, 200) },
];
const card = cardOf(
  { kind: 'string', values: ['a', 'b'] },
  featuresOf(['size', 'colour', 'code'], categories),
  estimator,
);

/** A model of rows that are a where the colour is blue, and else b. */
async function tensorsOf(of: ModelCategories = categories): Promise<Tensors> {
  const rows = Array.from({ length: 60 }, (_, i) => [i % 5, i % 3, i % 2]);
  const training = {
    ...trainingSet(
      rows,
      rows.map(([, colour]) => (colour === 1 ? 0 : 1)),
    ),
    nCategories: Uint32Array.of(0, 3, 2),
  };
  const trained = engineOf(estimator).fit(training, estimator.hyperparameters, silent);
  return { ...trained, ...(await categoryTensors(of, never)) };
}

function table(colours: readonly string[], code: number): NamedMatrix {
  const data = new Float64Array(3 * colours.length);
  colours.forEach((_, row) => data.set([row % 5, 0, code], 3 * row));
  return {
    rows: colours.length,
    columns: 3,
    data,
    encoding: 'columns',
    columnNames: ['size', 'colour', 'code'],
    strings: [undefined, colours, undefined],
  };
}

describe('A loaded model', () => {
  it('predicts by the names of categories', async () => {
    const model = await LoadedModel.of(card, await tensorsOf());
    const { classIndexes } = await model.predict(table(['red', 'blue', 'green', 'blue'], 100), LIMIT, caller);
    expect(Array.from(classIndexes)).to.deep.equal([1, 0, 1, 0]);
  });

  it('takes turns with all else while it predicts many rows, and predicts them all the same', async () => {
    const model = await LoadedModel.of(card, await tensorsOf());
    const colours = Array.from({ length: 300_000 }, (_, i) => ['red', 'blue', 'violet'][i % 3]);
    const others = countTurns();
    const { classIndexes } = await model.predict(table(colours, 200), LIMIT, caller);
    expect(others.end()).to.be.above(2);
    expect(classIndexes.every((label, i) => label === (i % 3 === 1 ? 0 : 1))).to.equal(true);
  }).timeout(60_000);

  it('takes turns with all else while it is made ready', async () => {
    const { spec, tensors, shape } = largeModels['random_forest_classifier (core)']();
    const numbers = Array.from({ length: shape.nFeatures }, () => undefined);
    const classes = { kind: 'integer', values: BigInt64Array.of(0n, 1n, 2n) } as const;
    const names = numbers.map((_, i) => `x${i}`);
    const others = countTurns();
    const model = await LoadedModel.of(
      { ...card, estimator: spec, classes, features: featuresOf(names, numbers) },
      tensors,
    );
    expect(others.end()).to.be.above(5);
    expect(model.readsTensors).to.equal(false);
    const bytes = Object.values(tensors).reduce((sum, { data }) => sum + data.byteLength, 0);
    expect(model.memoryBytes).to.be.within(bytes, 3 * bytes);
  }).timeout(60_000);

  it('is refused as damaged where its categories are not those of its features', async () => {
    const good = await tensorsOf();
    const twice: ModelCategories = [categories[0], { kind: 'string', values: ['red', 'red', 'blue'] }, categories[2]];
    const fewer: ModelCategories = [categories[0], { kind: 'string', values: ['red', 'blue'] }, categories[2]];
    const { category_integers: _, ...missing } = good;
    for (const tensors of [await tensorsOf(twice), await tensorsOf(fewer), missing]) {
      let refused: unknown;
      await LoadedModel.of(card, tensors).catch((error: unknown) => (refused = error));
      expect(refused).to.have.property('reason', 'MODEL_CORRUPT');
    }
  });
});

/** Counts the turns of the event loop from now until its end. */
function countTurns(): { end(): number } {
  let turns = 0;
  let done = false;
  const next = (): void => {
    if (done) return;
    turns++;
    setImmediate(next);
  };
  next();
  return {
    end() {
      done = true;
      return turns;
    },
  };
}
