import type { Estimator } from '../estimator.js';
import type { FitRequest } from '../fit-request.js';
import { type Dataset, loadDataset } from './dataset.js';

/** A training of the demo, whose length is proportional to `iterations`. */
export interface Recipe {
  /** For the screen and the model's name. */
  readonly title: string;
  readonly dataset: Dataset;
  /** Iterations to begin the calibration with. */
  readonly firstGuess: number;
  /** The most that the contract allows. */
  readonly mostIterations: number;
  /** The share of held-out labels that such a model gets right at least. */
  readonly leastAccuracy: number;
  /** What an iteration is, in the plural. */
  readonly unit: string;
  estimator(iterations: number): Estimator;
}

/**
 * The two models of the demo: a forest, and a linear model. Of the engine that
 * takes its time: our own is done with such data before there is anything to see.
 */
export async function loadRecipes(): Promise<[Recipe, Recipe]> {
  const [cancer, digits] = await Promise.all([loadDataset('breast_cancer'), loadDataset('digits')]);
  return [
    {
      title: 'cancer-forest',
      dataset: cancer,
      firstGuess: 5,
      mostIterations: 100_000,
      leastAccuracy: 0.85,
      unit: 'trees',
      estimator: (nEstimators) => ({ randomForestClassifier: { nEstimators, engine: 'mljs' } }),
    },
    {
      title: 'digits-logistic',
      dataset: digits,
      firstGuess: 10,
      mostIterations: 1_000_000,
      // On a busy machine there is time for a step or two only.
      leastAccuracy: 0.75,
      unit: 'steps',
      // Gradient steps, exactly so many; the core's optimiser stops when it has converged.
      estimator: (maxIter) => ({ logisticRegression: { maxIter, engine: 'mljs' } }),
    },
  ];
}

/** Asks for a training by a recipe. */
export function fitRequest(recipe: Recipe, name: string, iterations: number): FitRequest {
  const { dataset } = recipe;
  const { x, y } = dataset.train;
  return { name, estimator: recipe.estimator(iterations), x, y, featureNames: dataset.featureNames, seed: 7 };
}
