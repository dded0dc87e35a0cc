import { Workspace } from '../../../kernels/workspace.js';
import type { TrainingBytes, TrainingMonitor, TrainingSet, TrainingSize } from '../../estimator.js';
import { outputsOf } from '../../linear-model.js';
import type { LogisticRegressionHyperparameters } from '../../logistic-regression.js';
import { BlockedRows, widthOf } from './blocked-rows.js';
import { classShares } from './class-shares.js';
import { CurvatureMemory } from './curvature-memory.js';
import { lbfgs } from './lbfgs.js';
import { projectedLbfgs } from './projected-lbfgs.js';
import { LogisticObjective } from './objective.js';
import type { Limits, Outcome, SmoothFunction } from './minimiser.js';
import { perParameter, type ScaledPenalty, scaledPenalty, type Strengths, strengthsOf } from './penalty.js';
import { inverseDiagonalAtZero, inverseHessianAtZero, preconditionerBytes } from './preconditioner.js';
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

/** Those of the memory, and those that a step is made with. */
const VECTORS = CurvatureMemory.vectors + 5;

/** The bytes of the workspace of a training. */
function workspaceBytes(nRows: number, nFeatures: number, nClasses: number): number {
  return (
    BlockedRows.bytes(nRows, nFeatures, storageOf(nRows, nFeatures)) +
    LogisticObjective.bytes(nFeatures, outputsOf(nClasses)) +
    preconditionerBytes(nFeatures)
  );
}

/** The bytes that a training takes: its workspace, the order of rows, and the minimiser's vectors. */
export function trainingBytes({ nSamples, nFeatures, nClasses }: TrainingSize): TrainingBytes {
  const vector = 8 * outputsOf(nClasses) * (widthOf(nFeatures) + 1);
  const order = 8 * nSamples;
  const rows = BlockedRows.bytes(nSamples, nFeatures, storageOf(nSamples, nFeatures));
  const besides = preconditionerBytes(nFeatures) + VECTORS * vector;
  return {
    reading: order + rows,
    learning: order + workspaceBytes(nSamples, nFeatures, nClasses) + besides,
    predicting: 3 * vector,
  };
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
  let iterations = 0;
  let loss: number | undefined;
  const onCall = () => monitor.progress(iterations, max_iter, loss);

  const workspace = new Workspace(workspaceBytes(order.length, nFeatures, nClasses));
  const storage = storageOf(order.length, nFeatures);
  const rows = new BlockedRows(workspace, training, order, storage, onCall);
  const ridge = strengths.l2 * (nOutputs === 1 ? 4 : nOutputs);
  const scaling = scalingOf(training, rows.moments(fit_intercept), fit_intercept, ridge);
  const penalty = scaledPenalty(strengths, scaling);
  rows.place(scaling);
  training.releaseX?.();
  const objective = new LogisticObjective(workspace, rows, nOutputs, penalty, fit_intercept, onCall);
  const minimise = minimiser(strengths, penalty, curvature, workspace, rows, onCall);

  const parameters = new Float64Array(objective.size);
  if (fit_intercept) startFromShares(parameters, shares, nOutputs, (x) => workspace.kernels.log2(x) * Math.LN2);
  let converged = false;
  for (const stage of stagesOf(rows, tol)) {
    objective.use(stage);
    const before = iterations;
    const isLast = stage.blocks === rows.nBlocks && stage.tolerance <= tol;
    const { ending } = minimise(objective, parameters, {
      ...stage,
      maxIterations: max_iter - before,
      onIteration(iteration, done) {
        iterations = before + iteration;
        loss = objective.loss;
        monitor.progress(iterations, done && isLast ? iterations : max_iter, loss);
      },
    });
    // Flat to the last digits is scikit-learn's other reason to stop (ftol).
    converged = isLast && (ending === 'converged' || (ending === 'flat' && stage.arithmetic === 'double'));
    if (converged || ending === 'iterations') break;
  }
  return { parameters, scaling, iterations, converged };
}

type Minimiser = (target: SmoothFunction, parameters: Float64Array, limits: Limits) => Outcome;

/** The method that the penalty needs; it remembers the curvature from one stage to the next. */
function minimiser(
  { l1 }: Strengths,
  penalty: ScaledPenalty,
  curvature: readonly number[],
  workspace: Workspace,
  rows: BlockedRows,
  onCall: () => void,
): Minimiser {
  if (l1 === 0) {
    const memory = new CurvatureMemory(inverseHessianAtZero(workspace, rows, penalty, curvature, onCall));
    return (target, parameters, limits) => lbfgs(target, parameters, memory, limits);
  }
  const inverse = inverseDiagonalAtZero(rows.width, curvature);
  const memory = new CurvatureMemory(inverse);
  const each = perParameter(penalty.l1, rows.width + 1, curvature.length);
  return (target, parameters, limits) => projectedLbfgs(target, each, parameters, memory, inverse, limits);
}

/**
 * The best intercepts while all coefficients are 0.
 *
 * @param logarithm the natural one; the platform's is not the same on every machine
 */
function startFromShares(
  parameters: Float64Array,
  shares: readonly number[],
  nOutputs: number,
  logarithm: (x: number) => number,
): void {
  const pitch = parameters.length / nOutputs;
  const logs = shares.map(logarithm);
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  for (let k = 0; k < nOutputs; k++) {
    parameters[(k + 1) * pitch - 1] = nOutputs === 1 ? logs[1] - logs[0] : logs[k] - mean;
  }
}
