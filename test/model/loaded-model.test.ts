import { expect } from 'chai';
import { engineOf } from '../../src/estimators/catalog.js';
import type { Tensors } from '../../src/estimators/tensor.js';
import type { ModelCategories } from '../../src/model/categories.js';
import { categoryTensors } from '../../src/model/category-tensors.js';
import { featuresOf, type NamedMatrix } from '../../src/model/features.js';
import { LoadedModel, type Prediction } from '../../src/model/loaded-model.js';
import { cardOf } from '../support/card.js';
import { rejectionOf } from '../support/refusal.js';
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

/** So many rows that they take turns. */
function many(colour: string): string[] {
  return Array.from({ length: 200_000 }, () => colour);
}

/** Lets the model learn what a row costs. */
async function learn(model: LoadedModel): Promise<void> {
  for (let i = 0; i < 3; i++) await model.predict(table(many('red'), 100), LIMIT, caller);
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

  it('predicts few rows without a promise once it knows what they cost, and asks nobody for a signal', async () => {
    const model = await LoadedModel.of(card, await tensorsOf());
    await learn(model);
    const nobody = {
      get signal(): AbortSignal {
        throw new Error('nobody waits');
      },
    };
    const prediction = model.predict(table(['blue'], 100), LIMIT, nobody);
    expect(prediction).not.to.be.an.instanceOf(Promise);
    expect(Array.from((prediction as Prediction).classIndexes)).to.deep.equal([0]);
    expect(model.predict(table(many('blue'), 100), LIMIT, caller)).to.be.an.instanceOf(Promise);
  }).timeout(60_000);

  it('answers a few rows before many that came first, and works on these in turns, one block each', async () => {
    const model = await LoadedModel.of(card, await tensorsOf());
    await learn(model);
    const first = table(many('violet'), 100);
    const second = table(many('violet'), 100);
    const ends: string[] = [];
    const larges = [first, second].map(async (x, i) => {
      await model.predict(x, LIMIT, caller);
      ends.push(`large ${i}`);
    });
    // Rows that are done have the number of a category that the training has not seen.
    const doneOf = ({ data }: NamedMatrix): number => {
      let row = data.length / 3;
      while (row > 0 && data[3 * row - 2] === 0) row--;
      return row;
    };
    const progress: [number, number][] = [];
    await new Promise<void>((resolve) => {
      const look = (): void => {
        progress.push([doneOf(first), doneOf(second)]);
        if (ends.length < 2) setImmediate(look);
        else resolve();
      };
      setImmediate(look);
      void (async () => {
        await model.predict(table(['blue'], 100), LIMIT, caller);
        ends.push('small');
      })();
    });
    await Promise.all(larges);
    expect(ends[0]).to.equal('small');
    expect(ends).to.have.members(['small', 'large 0', 'large 1']);
    const whose = progress
      .slice(1)
      .map(([a, b], i) => (a > progress[i][0] ? 'a' : '') + (b > progress[i][1] ? 'b' : ''));
    const turns = whose.join('');
    expect(whose.every((each) => each.length < 2)).to.equal(true);
    // While both are at work, none has two turns running.
    expect(turns.slice(0, Math.min(turns.lastIndexOf('a'), turns.lastIndexOf('b')))).not.to.match(/aa|bb/);
    expect(turns.length).to.be.above(6);
  }).timeout(60_000);

  it('does no more for somebody who has gone, and goes on for others', async () => {
    const model = await LoadedModel.of(card, await tensorsOf());
    const abort = new AbortController();
    const reason = new Error('gone');
    const left = table(many('violet'), 100);
    const prediction = model.predict(left, LIMIT, { signal: abort.signal });
    const other = model.predict(table(many('blue'), 100), LIMIT, caller);
    for (let i = 0; i < 4; i++) await new Promise((resolve) => setImmediate(resolve));
    abort.abort(reason);
    expect(await rejectionOf(prediction as Promise<Prediction>)).to.equal(reason);
    const done = left.data.filter((value, i) => i % 3 === 1 && value !== 0).length;
    expect(done).to.be.within(1, left.rows - 1);
    expect((await other).classIndexes.every((index) => index === 0)).to.equal(true);
    expect(left.data.filter((value, i) => i % 3 === 1 && value !== 0)).to.have.length(done);
  }).timeout(60_000);

  it('is drained when nobody predicts with it or holds it any more', async () => {
    const model = await LoadedModel.of(card, await tensorsOf());
    const events: string[] = [];
    await model.drained();
    const prediction = (async () => {
      await model.predict(table(many('blue'), 100), LIMIT, caller);
      events.push('predicted');
    })();
    model.hold();
    const drained = (async () => {
      await model.drained();
      events.push('drained');
    })();
    await prediction;
    await new Promise((resolve) => setImmediate(resolve));
    events.push('released');
    model.release();
    await drained;
    expect(events).to.deep.equal(['predicted', 'released', 'drained']);
    await rejectionOf(model.predict(table(many('blue'), 0.5), LIMIT, caller) as Promise<Prediction>);
    await model.drained();
  }).timeout(60_000);

  it('refuses what it does not take in the last of many rows as in the first, at its cell', async () => {
    const model = await LoadedModel.of(card, await tensorsOf());
    const cases: [number, number, string][] = [
      [0, Infinity, 'x.columns[2].numbers[199999]'],
      [2, 0.5, 'x.columns[0].numbers[199999]'],
    ];
    for (const [feature, value, path] of cases) {
      const { data, rows, ...x } = table(many('red'), 100);
      // The columns come in another order than the features.
      const order = [2, 1, 0];
      const moved = data.map((_, i) => data[i - (i % 3) + order[i % 3]]);
      moved[3 * rows - 3 + order[feature]] = value;
      const request = { ...x, rows, data: moved, columnNames: ['code', 'colour', 'size'] };
      const refused = await rejectionOf(model.predict(request, LIMIT, caller) as Promise<Prediction>);
      expect(refused).to.have.property('reason', 'INVALID_REQUEST');
      expect(refused).to.have.nested.property('violations[0].field', path);
    }
  }).timeout(60_000);

  it('tells of infinities before it tells of names, however many rows there are', async () => {
    const model = await LoadedModel.of(card, await tensorsOf());
    const x = { ...table(many('red'), 100), columnNames: ['size', 'colour', 'kind'] };
    const names = await rejectionOf(model.predict(x, LIMIT, caller) as Promise<Prediction>);
    expect(names).to.have.nested.property('violations[0].field', 'x.columns');
    x.data[3 * x.rows - 3] = -Infinity;
    const infinite = await rejectionOf(model.predict(x, LIMIT, caller) as Promise<Prediction>);
    expect(infinite).to.have.nested.property('violations[0].field', 'x.columns[0].numbers[199999]');
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
