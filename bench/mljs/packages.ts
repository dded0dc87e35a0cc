import KNearest from 'ml-knn';
import PackageLogisticRegression from 'ml-logistic-regression';
import { Matrix } from 'ml-matrix';
import { RandomForestClassifier } from 'ml-random-forest';

/** An ml-* package, called directly, as its documentation shows. */
export interface MlPackage {
  readonly name: string;
  /** Trains on `rows` (shape: rows x columns) and class indexes, and gives what labels other rows. */
  fit(rows: number[][], labels: number[]): (rows: number[][]) => readonly number[];
}

/** What the declarations beside the engine do not have, since that trains in other ways. */
type Regression = new (options: { numSteps: number; learningRate: number }) => {
  train(x: Matrix, y: Matrix): void;
  predict(x: Matrix): number[];
};
type Neighbours = new (
  rows: number[][],
  labels: number[],
  options: { k: number },
) => {
  predict(rows: number[][]): number[];
};

/** It draws features by tree and not by split, so that a forest worth having gets all of them. */
export const mlRandomForest = (nEstimators: number): MlPackage => ({
  name: 'ml-random-forest',
  fit(rows, labels) {
    const forest = new RandomForestClassifier({
      nEstimators,
      maxFeatures: 1,
      replacement: false,
      useSampleBagging: true,
      // It fails where a row is in the bag of every tree, as happens with few trees.
      noOOB: true,
      seed: 0,
    });
    forest.train(rows, labels);
    return (queries) => forest.predict(queries);
  },
});

export const mlLogisticRegression: MlPackage = {
  name: 'ml-logistic-regression',
  fit(rows, labels) {
    const Package = PackageLogisticRegression as unknown as Regression;
    // Of its documentation; its defaults take 50 times as many steps.
    const regression = new Package({ numSteps: 1000, learningRate: 5e-3 });
    regression.train(new Matrix(rows), Matrix.columnVector(labels));
    return (queries) => regression.predict(new Matrix(queries));
  },
};

export const mlKnn = (k: number): MlPackage => ({
  name: 'ml-knn',
  fit(rows, labels) {
    const neighbours = new (KNearest as unknown as Neighbours)(rows, labels, { k });
    return (queries) => neighbours.predict(queries);
  },
});
