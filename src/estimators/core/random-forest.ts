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
import { rowDrawer } from './row-drawer.js';
import { type WeightedRows, weightedRows } from './row-weights.js';
import { TreeGrower } from './tree-grower.js';

/** Forests on histograms of binned features, in kernels of our own. */
export const coreRandomForest: Engine<RandomForestHyperparameters> = {
  takesMissingValues: true,
  takesSampleWeight: true,

  honours(name, value) {
    switch (name) {
      case 'oob_score':
        return value === false;
      case 'ccp_alpha':
        return value === 0;
      default:
        return true;
    }
  },

  trainingBytes({ nSamples, nFeatures, nClasses, weighted }, hyperparameters) {
    const limits = growthLimits(nSamples, nFeatures, hyperparameters);
    const nDrawn = rowsPerTree(nSamples, hyperparameters);
    const size = { nRows: nSamples, nFeatures, nClasses, limits };
    return forestBytes(size, hyperparameters.n_estimators, nDrawn, hyperparameters.bootstrap, weighted);
  },

  /** @throws INVALID_REQUEST when max_features or max_samples does not fit the data, or max_samples lacks bootstrap. */
  fit(training, hyperparameters, monitor) {
    const { n_estimators, bootstrap } = hyperparameters;
    const { nFeatures, nClasses, seed } = training;
    const rows = weightedRows(training);
    const { nRows } = rows;
    const size = { nRows, nFeatures, nClasses, limits: growthLimits(nRows, nFeatures, hyperparameters) };
    const nDraws = rowsPerTree(nRows, hyperparameters, rows.total);

    let done = 0;
    const pause = () => monitor.progress(done, n_estimators);
    const workspace = new Workspace(forestWorkspaceBytes(size, bootstrap, rows.weights !== undefined));
    const features = binFeatures(workspace, training, rows, pause);
    training.releaseX?.();
    const grower = new TreeGrower(workspace, size, features, labelsOf(training, rows));
    const drawRows = rowDrawer(workspace, grower, rows, bootstrap ? nDraws : undefined);
    const writer = new ForestWriter(nFeatures, nClasses);
    while (done < n_estimators) {
      // A stream a tree: the first trees of a larger forest are those of a smaller one.
      workspace.kernels.seedRandom(grower.random, seed, done);
      drawRows();
      writer.add(grower.grow(pause));
      done++;
      monitor.progress(done, n_estimators);
    }
    return writer.tensors();
  },

  restore(tensors, shape, { n_estimators }) {
    return forestPredictor(readForest(tensors, shape, n_estimators), shape);
  },
};

function labelsOf({ y }: TrainingSet, { index }: WeightedRows): Int32Array {
  return index === undefined ? y : Int32Array.from(index, (row) => y[row]);
}
