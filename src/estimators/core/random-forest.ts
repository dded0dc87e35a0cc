import { Workspace } from '../../kernels/workspace.js';
import type { Engine, TrainingSet } from '../estimator.js';
import { rowsPerTree } from '../forest-sizes.js';
import type { RandomForestHyperparameters } from '../random-forest-classifier.js';
import { binFeatures } from './binned-features.js';
import { forestBytes, forestWorkspaceBytes } from './forest-bytes.js';
import { forestPredictor } from './forest-predictor.js';
import { readForest } from './forest-tensors.js';
import { ForestWriter } from './forest-writer.js';
import { growthLimits } from './growth-limits.js';
import { entropyBy, gini } from './impurity.js';
import { OutOfBag, requireRowsOutOfBag } from './out-of-bag.js';
import { rowDrawer } from './row-drawer.js';
import { type WeightedRows, weightedRows } from './row-weights.js';
import { RunningLoss } from './running-loss.js';
import { TreeGrower } from './tree-grower.js';
import { TreePruner } from './tree-pruner.js';

/** Forests on histograms of binned features, in kernels of our own. */
export const coreRandomForest: Engine<RandomForestHyperparameters> = {
  takesMissingValues: true,
  takesCategories: 'in order',
  takesSampleWeight: true,

  honours: (name) => name !== 'monotonic_cst',

  trainingBytes({ nSamples, nFeatures, nClasses, weighted }, hyperparameters) {
    const limits = growthLimits(nSamples, nFeatures, hyperparameters);
    const nDrawn = rowsPerTree(nSamples, hyperparameters);
    const size = { nRows: nSamples, nFeatures, nClasses, limits };
    const { n_estimators, bootstrap, ccp_alpha, oob_score } = hyperparameters;
    const bytes = forestBytes(size, n_estimators, nDrawn, bootstrap, weighted);
    const pruning = ccp_alpha > 0 ? TreePruner.bytes(nSamples) : 0;
    const scoring = oob_score ? OutOfBag.bytes(nSamples, nClasses) : 0;
    const watching = bootstrap ? RunningLoss.bytes(nSamples, nFeatures, nClasses) : 0;
    const x = walksRows(hyperparameters) ? 8 * nSamples * nFeatures : 0;
    return { ...bytes, learning: bytes.learning + pruning + scoring + watching + x };
  },

  /**
   * @throws INVALID_REQUEST when max_features or max_samples does not fit the
   *   data, or max_samples or oob_score lacks bootstrap.
   */
  fit(training, hyperparameters, monitor) {
    requireRowsOutOfBag(hyperparameters);
    const { n_estimators, bootstrap, oob_score } = hyperparameters;
    const { nFeatures, nClasses, seed } = training;
    const rows = weightedRows(training);
    const { nRows } = rows;
    const size = { nRows, nFeatures, nClasses, limits: growthLimits(nRows, nFeatures, hyperparameters) };
    const nDraws = rowsPerTree(nRows, hyperparameters, rows.total);

    let done = 0;
    const pause = () => monitor.progress(done, n_estimators);
    const workspace = new Workspace(forestWorkspaceBytes(size, bootstrap, rows.weights !== undefined));
    const features = binFeatures(workspace, training, rows, pause);
    const labels = labelsOf(training, rows);
    // Without bootstrap every tree has seen every row.
    const runningLoss = bootstrap ? new RunningLoss(workspace.kernels, training, rows, labels) : undefined;
    if (!walksRows(hyperparameters)) training.releaseX?.();
    const grower = new TreeGrower(workspace, size, features, labels);
    const drawRows = rowDrawer(workspace, grower, rows, bootstrap ? nDraws : undefined, pause);
    const pruner = prunerFor(workspace, training, rows, hyperparameters);
    const outOfBag = oob_score ? new OutOfBag(training, rows, labels) : undefined;
    const writer = new ForestWriter(nFeatures, nClasses);
    while (done < n_estimators) {
      // A stream a tree: the first trees of a larger forest are those of a smaller one.
      workspace.kernels.seedRandom(grower.random, seed, done);
      drawRows();
      const grown = grower.grow(pause);
      const tree = pruner === undefined ? grown : pruner.prune(grown, grower.weights, pause);
      writer.add(tree);
      outOfBag?.add(tree, grower.weights, pause);
      done++;
      monitor.progress(done, n_estimators, runningLoss?.add(tree, grower.weights));
    }
    return { ...writer.tensors(), ...outOfBag?.tensors(pause) };
  },

  *restore(tensors, shape, { n_estimators }) {
    return yield* forestPredictor(yield* readForest(tensors, shape, n_estimators), shape);
  },
};

/** Whether grown trees are walked by rows of X. */
function walksRows({ ccp_alpha, oob_score }: RandomForestHyperparameters): boolean {
  return ccp_alpha > 0 || oob_score;
}

function prunerFor(
  { kernels }: Workspace,
  training: TrainingSet,
  rows: WeightedRows,
  { ccp_alpha: alpha, criterion }: RandomForestHyperparameters,
): TreePruner | undefined {
  if (alpha === 0) return undefined;
  const impurity = criterion === 'gini' ? gini : entropyBy((x) => kernels.log2(x));
  return new TreePruner(training, rows, { impurity, alpha });
}

function labelsOf({ y }: TrainingSet, { index }: WeightedRows): Int32Array {
  return index === undefined ? y : Int32Array.from(index, (row) => y[row]);
}
