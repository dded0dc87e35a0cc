import { expect } from 'chai';

import { catalog, resolveEstimator } from '../../src/estimators/catalog.js';
import type { EstimatorKind, TrainingSet } from '../../src/estimators/estimator.js';
import { fit, predict, specOf } from './estimation.js';
import { refusalOf } from './refusal.js';

/** What ENGINE_CORE does with the values of a parameter of a Python class. */
export interface Parameter {
  readonly works?: readonly unknown[];
  /** INVALID_ARGUMENT. */
  readonly outOfRange?: readonly unknown[];
  /** UNIMPLEMENTED. */
  readonly notBuilt?: readonly unknown[];
  /** Hyperparameters that it is set with. */
  readonly beside?: Readonly<Record<string, unknown>>;
  /** The field of a Fit that takes its place. */
  readonly insteadOfIt?: string;
}

/** The contract has no field for it. */
export const noField: Parameter = {};
export const flag: Parameter = { works: [true, false], outOfRange: [1, 'true'] };

/**
 * Tests that `parameters` has a line for each hyperparameter of `kind`, and that
 * each of them does what its line says.
 *
 * @param base hyperparameters that keep a training of `training` short
 */
export function itHasParameters(
  kind: EstimatorKind,
  parameters: Readonly<Record<string, Parameter>>,
  training: TrainingSet,
  base: Readonly<Record<string, unknown>>,
): void {
  it(`has a line here for each hyperparameter of ${kind}`, () => {
    const fields = Object.keys(parameters).filter((name) => {
      const { works, outOfRange, notBuilt } = parameters[name];
      return [works, outOfRange, notBuilt].some((values) => values !== undefined);
    });
    expect(fields).to.have.members(Object.keys(catalog[kind].hyperparameters));
  });

  for (const [name, { works = [], outOfRange = [], notBuilt = [], beside, insteadOfIt }] of Object.entries(
    parameters,
  )) {
    const field = `estimator.${kind}.${name}`;
    const given = (value: unknown) => ({ ...base, ...beside, [name]: value });
    const resolved = (value: unknown) => resolveEstimator(kind, 'core', given(value));

    if (works.length > 0) {
      it(`${kind}.${name} is taken, and trains: ${show(works)}`, () => {
        const row = Array.from(training.x.subarray(0, training.nFeatures));
        for (const value of works) {
          const spec = specOf(kind, given(value), 'core');
          expect(spec.hyperparameters).to.have.property(name);
          const [probabilities] = predict(spec, fit(spec, training), training, [row]);
          expect(probabilities.reduce((sum, p) => sum + p), show([value])).to.be.closeTo(1, 1e-9); // prettier-ignore
        }
      });
    }
    if (outOfRange.length > 0) {
      it(`${kind}.${name} out of its range is INVALID_ARGUMENT: ${show(outOfRange)}`, () => {
        for (const value of outOfRange) refusalOf(() => resolved(value), 'INVALID_REQUEST', [field]);
      });
    }
    if (notBuilt.length > 0) {
      it(`${kind}.${name} is UNIMPLEMENTED: ${show(notBuilt)}`, () => {
        for (const value of notBuilt) refusalOf(() => resolved(value), 'NOT_IMPLEMENTED', [field]);
      });
    }
    if (works.length + outOfRange.length + notBuilt.length === 0) {
      it(`${kind}.${name} is no hyperparameter${insteadOfIt === undefined ? '' : `, but ${insteadOfIt}`}`, () => {
        refusalOf(() => resolved(1), 'INVALID_REQUEST', [field]);
      });
    }
  }
}

function show(values: readonly unknown[]): string {
  return values.map((value) => (typeof value === 'number' ? String(value) : JSON.stringify(value))).join(', ');
}
