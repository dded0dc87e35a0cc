import { Workspace } from '../../../kernels/workspace.js';
import type { TrainingMonitor, TrainingSet } from '../../estimator.js';
import { outputsOf } from '../../linear-model.js';
import type { LogisticRegressionHyperparameters } from '../../logistic-regression.js';
import { placeRows, rowBytes } from './blocked-rows.js';
import { classShares } from './class-shares.js';
import { CurvatureMemory } from './curvature-memory.js';
import { lbfgs } from './lbfgs.js';
import { LogisticObjective } from './objective.js';
import { scaledPenalty, strengthsOf } from './penalty.js';
import { inverseHessianAtZero, preconditionerBytes } from './preconditioner.js';
import { rowOrder } from './row-order.js';
import { type Scaling, scalingOf } from './scaling.js';
import { stagesOf, storageOf } from './stages.js';

/** A model of scaled features, and how it was come by. */
export interface Trained {
  /** Shape: nOutputs x (width + 1), the intercept at the end of each row. */
  readonly parameters: Float64Array;
  readonly scaling: Scaling;
  readonly iterations: number;
  readonly converged: boolean;
}

/** The bytes of the workspace of a training. */
export function workspaceBytes(nRows: number, nFeatures: number, nClasses: number): number {
  return (
    rowBytes(nRows, nFeatures, nClasses, storageOf(nRows, nFeatures)) +
    LogisticObjective.bytes(nFeatures, outputsOf(nClasses)) +
    preconditionerBytes(nFeatures)
  );
}

export function train(
  training: TrainingSet,
  hyperparameters: LogisticRegressionHyperparameters,
  monitor: TrainingMonitor,
): Trained {
  const { nFeatures, nClasses, sampleWeight } = training;
  const { fit_intercept, tol, max_iter } = hyperparameters;
  const nOutputs = outputsOf(nClasses);
  const shares = fit_intercept ? classShares(training) : Array.from({ length: nClasses }, () => 1 / nClasses);
  const curvature = nOutputs === 1 ? [shares[0] * shares[1]] : shares;

  const order = rowOrder(training.nSamples, sampleWeight);
  const totalWeight = sampleWeight?.reduce((sum, weight) => sum + weight, 0) ?? order.length;
  const strengths = strengthsOf(hyperparameters, totalWeight);
  const scaling = scalingOf(training, fit_intercept, strengths.l2 * (nOutputs === 1 ? 4 : nOutputs));
  const penalty = scaledPenalty(strengths, scaling);

  const workspace = new Workspace(workspaceBytes(order.length, nFeatures, nClasses));
  const rows = placeRows(workspace, training, order, scaling, storageOf(order.length, nFeatures));
  let iterations = 0;
  const objective = new LogisticObjective(workspace, rows, nOutputs, penalty, fit_intercept, () =>
    monitor.progress(iterations, max_iter, objective.loss),
  );
  const memory = new CurvatureMemory(inverseHessianAtZero(workspace, rows, penalty, curvature));

  const parameters = new Float64Array(objective.size);
  if (fit_intercept) startFromShares(parameters, shares, nOutputs);
  let converged = false;
  for (const stage of stagesOf(rows, tol)) {
    objective.use(stage);
    const before = iterations;
    const isLast = stage.blocks === rows.nBlocks && stage.tolerance <= tol;
    const { ending } = lbfgs(objective, parameters, memory, {
      ...stage,
      maxIterations: max_iter - before,
      onIteration(iteration, done) {
        iterations = before + iteration;
        monitor.progress(iterations, done && isLast ? iterations : max_iter, objective.loss);
      },
    });
    converged = isLast && (ending === 'converged' || (ending === 'flat' && stage.arithmetic === 'double'));
    if (converged || ending === 'iterations') break;
  }
  return { parameters, scaling, iterations, converged };
}

/** The best intercepts while all coefficients are 0. */
function startFromShares(parameters: Float64Array, shares: readonly number[], nOutputs: number): void {
  const pitch = parameters.length / nOutputs;
  const logs = shares.map((share) => Math.log(share));
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  for (let k = 0; k < nOutputs; k++) {
    parameters[(k + 1) * pitch - 1] = nOutputs === 1 ? logs[1] - logs[0] : logs[k] - mean;
  }
}
