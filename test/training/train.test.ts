import { expect } from 'chai';
import { catalog, engineOf, resolveEstimator } from '../../src/estimators/catalog.js';
import { type EstimatorKind, TrainingCancelled } from '../../src/estimators/estimator.js';
import { predictInBlocks } from '../../src/training/predict-in-blocks.js';
import type { FitJob } from '../../src/training/protocol.js';
import { train } from '../../src/training/train.js';
import { silent } from '../support/estimation.js';
import { lcg } from '../support/problems.js';
import { refusalOf } from '../support/refusal.js';
import { runThrough } from '../../src/estimators/in-parts.js';

const KINDS = Object.values(catalog).flatMap(({ kind, engines }) => (engines.core === undefined ? [] : [kind]));
const N_CLASSES = 3;
/** Rows that are held out, in more blocks than one, the last of which is not full. */
const N_VALIDATION = 2_500;

function jobOf(kind: EstimatorKind): FitJob {
  const rows = 2 * N_VALIDATION;
  const next = lcg(1);
  const labels = Int32Array.from({ length: rows }, (_, i) => i % N_CLASSES);
  const trees = kind.endsWith('_classifier') && kind !== 'k_neighbors_classifier';
  return {
    spec: resolveEstimator(
      kind,
      'core',
      !trees ? {} : kind === 'cat_boost_classifier' ? { iterations: 2 } : { n_estimators: 2 },
    ),
    x: {
      rows,
      columns: 2,
      encoding: 'raw',
      data: Float64Array.from({ length: 2 * rows }, (_, i) => labels[i >> 1] + 2 * next()),
    },
    y: { kind: 'integer', values: labels },
    seed: 3,
    weighting: { balanced: false },
    validationFraction: 0.5,
    earlyStoppingRounds: 0,
    memoryMb: 1024,
  };
}

describe('the scoring of a training', () => {
  for (const kind of KINDS) {
    it(`hears a cancellation, and shows the last progress until it ends: ${kind}`, () => {
      const calls: [number, number][] = [];
      train(jobOf(kind), { progress: (iteration, iterations) => calls.push([iteration, iterations]) });
      // Each block of rows, the accuracy, and each class's area.
      const nScoring = Math.ceil(N_VALIDATION / 1024) + 1 + N_CLASSES;
      const scoring = calls.slice(-nScoring);
      const [last] = calls.slice(-nScoring - 1);
      expect(scoring).to.deep.equal(scoring.map(() => last));
      for (let at = calls.length; at > calls.length - nScoring; at--) {
        let nCalls = 0;
        const cancel = () => {
          if (++nCalls === at) throw new TrainingCancelled();
        };
        expect(() => train(jobOf(kind), { progress: cancel })).to.throw(TrainingCancelled);
      }
    });
  }

  it('tells a training that is short of rows how many are held out', () => {
    const job = jobOf('k_neighbors_classifier');
    const spec = resolveEstimator('k_neighbors_classifier', 'core', { n_neighbors: N_VALIDATION + 2 });
    const { message } = refusalOf(() => train({ ...job, spec }, silent), 'INVALID_REQUEST', [
      'estimator.k_neighbors_classifier.n_neighbors',
    ]);
    expect(message).to.match(/at most 2\d{3}, the rows that options\.validation_fraction leaves of n_samples, 5000/);
  });

  it('codes the rows held out by the categories of the others', () => {
    const job = jobOf('k_neighbors_classifier');
    const rows = job.x.rows;
    // The class is the category's last digit.
    const { values } = job.y;
    const codes = Array.from({ length: rows }, (_, row) => 10 * (row % 20) + Number(values[row]));
    job.x.data.set(codes.flatMap((code) => [code, 0]));
    const categorical = [{ column: 0, path: 'options.categorical_features[0]', name: 'x0' }];
    const { categories, scores } = train({ ...job, categorical }, silent);
    const [ranked] = categories;
    expect(new Set(ranked).size).to.equal(ranked.length);
    expect(Array.from(ranked).every((code) => codes.includes(code))).to.equal(true);
    // Held-out rows of other codes than theirs would be labelled by chance.
    expect(scores?.accuracy).to.be.above(0.9);
  });

  it('predicts in blocks what it would predict at once', () => {
    const { spec, x, y } = jobOf('random_forest_classifier');
    const engine = engineOf(spec);
    const shape = { nFeatures: x.columns, nClasses: N_CLASSES };
    const training = { ...shape, nSamples: x.rows, x: Float64Array.from(x.data), y: Int32Array.from(y.values, Number) };
    const tensors = engine.fit({ ...training, seed: 1 }, spec.hyperparameters, silent);
    const predictor = runThrough(engine.restore(tensors, shape, spec.hyperparameters));
    const atOnce = new Float64Array(x.rows * N_CLASSES);
    predictor.predictProbabilities(x, atOnce);
    let pauses = 0;
    expect(predictInBlocks(predictor, x, N_CLASSES, () => pauses++)).to.deep.equal(atOnce);
    expect(pauses).to.equal(5);
  });
});
