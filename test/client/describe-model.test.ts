import { expect } from 'chai';
import { describeModel, formatModels } from '../../client/cli/describe-model.js';
import { formatPredictions } from '../../client/cli/predicted-table.js';
import type { Model } from '../../client/index.js';
import { styleFor } from '../../client/terminal/style.js';

const plain = styleFor({ isTTY: false } as NodeJS.WriteStream);

const bare: Model = {
  name: 'iris',
  generation: 0,
  state: 'training',
  nFeaturesIn: 2,
  features: [],
  nSamples: 10,
  metrics: {},
  sizeBytes: 0,
  loadedBytes: 0,
  sha256: '',
};

describe('a model on the screen', () => {
  it('shows how far its first training is, and nothing that is not there yet', () => {
    const training = { fraction: 0.5, iteration: 5, iterations: 10 };
    const text = describeModel({ ...bare, training }, plain);
    expect(text).to.match(/^iris {2}training\n/);
    expect(text).to.match(/training .*50 %/);
    expect(text).not.to.match(/sha256|created|classes|in memory|undefined/);
  });

  it('shows metrics, hyperparameters, and why it cannot be used', () => {
    const text = describeModel(
      {
        ...bare,
        state: 'unavailable',
        reason: 'the checksum is wrong',
        loadedBytes: 12_345,
        estimator: { randomForestClassifier: { nEstimators: 3, maxFeatures: { fraction: 0.5 } } },
        metrics: { accuracy: 0.951, logLoss: 0.12345, rocAuc: 0.98, oobScore: 0.942 },
      },
      plain,
    );
    expect(text).to.include('n_estimators=3  max_features=0.5');
    expect(text).to.match(/reason +the checksum is wrong/);
    expect(text).to.match(/in memory +12\.3 kB/);
    expect(text)
      .to.match(/^ +accuracy +95\.1 %/m)
      .and.to.match(/out-of-bag accuracy +94\.2 %/)
      .and.to.match(/log loss +0\.1235|0\.1234/);
  });

  it('shows the kinds of its features, and how many categories they have', () => {
    const features = [
      { name: 'age', kind: 'numeric', categories: [] },
      { name: 'city', kind: 'categorical', categories: ['Oslo', 'Rome'], nCategories: 2 },
    ] as const;
    expect(describeModel({ ...bare, features }, plain)).to.match(
      /features +1 numeric: age; 1 categorical: city \(2\)$/m,
    );
  });

  it('has lines of a readable length, however wide it is', () => {
    const features = Array.from({ length: 5000 }, (_, index) => ({
      name: `${index}_${'long'.repeat(60)}`,
      kind: index % 2 === 0 ? ('numeric' as const) : ('categorical' as const),
      categories: [],
      nCategories: index % 2 === 0 ? undefined : 1e6,
      importance: 1 / 5000,
    }));
    const classes = Array.from({ length: 300 }, (_, index) => `${index}${'x'.repeat(1000)}`);
    const lines = describeModel({ ...bare, features, classes }, plain).split('\n');
    expect(lines.filter((line) => line.length > 700)).to.deep.equal([]);
    expect(lines.join('\n')).to.match(/importances +0_long[long]*…[long]+ 0\.0 %, 1_long/);
    expect(lines.join('\n')).to.include('2500 numeric: 0_long').and.to.include('2500 categorical: 1_long');
  });

  it('has one line in the list, whatever its state', () => {
    const training = { fraction: 0, iteration: 0, iterations: 0 };
    const lines = formatModels(
      [bare, { ...bare, name: 'b', state: 'loaded', training }, { ...bare, name: 'c', state: 'unavailable' }],
      plain,
    ).split('\n');
    expect(lines).to.have.length(4);
    expect(lines[2]).to.include('loaded, training');
    expect(lines[3]).to.include('unavailable');
  });
});

describe('predictions on the screen', () => {
  it('are all there when they are few', () => {
    const table = {
      labels: [1, 2],
      classes: [1, 2],
      probabilities: [
        [0.75, 0.25],
        [0, 1],
      ],
    };
    expect(formatPredictions(table, plain)).to.equal(
      ['  row  label   P(1)   P(2)', '    1  1      0.750  0.250', '    2  2      0.000  1.000'].join('\n'),
    );
  });
});
