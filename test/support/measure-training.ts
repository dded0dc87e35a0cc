import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { EstimatorKind } from '../../src/estimators/estimator.js';
import type { Measurement, MeasuredTraining } from '../fixtures/measured-training.js';

const FIXTURE = fileURLToPath(new URL('../fixtures/measured-training.js', import.meta.url));

/** Measures a training, of 20 features and two classes unless told otherwise, in a process of its own. */
export async function measureTraining(
  kind: EstimatorKind,
  nSamples: number,
  given: Partial<MeasuredTraining> = {},
): Promise<Measurement[]> {
  const training: MeasuredTraining = {
    kind,
    nSamples,
    hyperparameters: {},
    nFeatures: 20,
    nClasses: 2,
    single: false,
    labels: 'packed',
    balanced: false,
    validationFraction: 0,
    nCategories: 0,
    times: 1,
    ...given,
  };
  const child = fork(FIXTURE, [JSON.stringify(training)], {
    execArgv: ['--expose-gc'],
    // Coverage takes memory too.
    env: { ...process.env, NODE_V8_COVERAGE: '' },
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the measured process ended with ${code}`);
  });
  const [measurements] = (await Promise.race([once(child, 'message'), ended])) as [Measurement[]];
  ended.catch(() => undefined);
  return measurements;
}
