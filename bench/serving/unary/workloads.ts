import type { Estimator } from '../../../client/index.js';
import type { Matrix } from '../../../generated/modelserver/v1/model_server.js';
import { packed, readable } from '../served-model.js';

/** A model, as both servers train it. */
export interface Model {
  readonly name: string;
  readonly title: string;
  readonly ours: Estimator;
  readonly theirs: { readonly estimator: string; readonly parameters: Readonly<Record<string, number>> };
}

/** How many requests are in flight. */
export interface Flight {
  readonly inFlight: number;
  /** Whether each of them is that of a client of its own; else one client has them all, if the protocol lets it. */
  readonly apart?: boolean;
}

/** Predicts of one size by one model, and how many times the peer's requests a second ours are to be. */
export interface Workload {
  readonly model: Model;
  readonly rows: number;
  readonly encode: (rows: readonly number[][]) => Matrix;
  readonly bar: number;
}

const logistic: Model = {
  name: 'logistic',
  title: 'logistic regression',
  ours: { logisticRegression: {} },
  theirs: { estimator: 'LogisticRegression', parameters: {} },
};
const forest: Model = {
  name: 'forest',
  title: 'forest of 100',
  ours: { randomForestClassifier: { nEstimators: 100 } },
  theirs: { estimator: 'RandomForestClassifier', parameters: { n_estimators: 100, random_state: 0 } },
};

export const MODELS = [logistic, forest];

export const WORKLOADS: readonly Workload[] = [
  { model: logistic, rows: 1, encode: readable, bar: 3.5 },
  { model: forest, rows: 1, encode: readable, bar: 50 },
  { model: logistic, rows: 1000, encode: packed, bar: 40 },
  { model: forest, rows: 1000, encode: packed, bar: 12 },
];

/** The one that is asked by many clients, and at a fixed rate, as well. */
export const [LIGHTEST] = WORKLOADS;

const FLIGHTS: readonly Flight[] = [{ inFlight: 1 }, { inFlight: 8 }, { inFlight: 64 }];

/** Everything that is measured, a row each. */
export const LOADS = WORKLOADS.flatMap((workload) => {
  const apart = workload === LIGHTEST ? [{ inFlight: 64, apart: true }] : [];
  return [...FLIGHTS, ...apart].map((flight: Flight) => ({ workload, flight }));
});
