import type { Engine, TrainingSet } from '../estimator.js';
import { featuresPerSplit, rowsPerTree } from '../forest-sizes.js';
import type { RandomForestHyperparameters } from '../random-forest-classifier.js';
import { ForestWriter, readForest } from './forest-tensors.js';
import { forestVote } from './forest-vote.js';
import { growTree, type TreeLimits } from './grow-tree.js';
import { Random } from './random.js';

const NEUTRAL: Partial<Record<keyof RandomForestHyperparameters, unknown>> = {
  min_samples_leaf: 1,
  min_weight_fraction_leaf: 0,
  max_leaf_nodes: null,
  min_impurity_decrease: 0,
  oob_score: false,
  ccp_alpha: 0,
};

/** Forests whose splits ml-random-forest finds. */
export const mljsRandomForest: Engine<RandomForestHyperparameters> = {
  takesMissingValues: false,
  takesCategories: 'in order',

  honours(name, value) {
    switch (name) {
      case 'criterion':
        return value === 'gini';
      case 'n_estimators':
      case 'max_depth':
      case 'min_samples_split':
      case 'max_features':
      case 'bootstrap':
      case 'max_samples':
        return true;
      default:
        // What it lacks, it lacks at the default as well: then it does what is asked.
        return value === NEUTRAL[name];
    }
  },

  /** @throws INVALID_REQUEST when max_features or max_samples does not fit the data, or max_samples lacks bootstrap. */
  fit(training, hyperparameters, monitor) {
    const nTrees = hyperparameters.n_estimators;
    const limits = limitsOf(training, hyperparameters);
    const nRows = rowsPerTree(training.nSamples, hyperparameters);
    const writer = new ForestWriter();
    for (let t = 0; t < nTrees; t++) {
      // A stream a tree: the first trees of a larger forest are those of a smaller one.
      const random = new Random(training.seed, t);
      const draw = hyperparameters.bootstrap ? () => random.below(training.nSamples) : (_: unknown, i: number) => i;
      growTree(training, Int32Array.from({ length: nRows }, draw), limits, random, writer);
      writer.endTree();
      monitor.progress(t + 1, nTrees);
    }
    return writer.tensors();
  },

  *restore(tensors, shape, { n_estimators }) {
    return forestVote(yield* readForest(tensors, shape, n_estimators), shape.nClasses);
  },
};

function limitsOf({ nSamples, nFeatures }: TrainingSet, hyperparameters: RandomForestHyperparameters): TreeLimits {
  const { max_depth, min_samples_split } = hyperparameters;
  const share = min_samples_split < 1;
  return {
    maxDepth: max_depth ?? Infinity,
    minSamplesSplit: share ? Math.max(2, Math.ceil(min_samples_split * nSamples)) : min_samples_split,
    maxFeatures: featuresPerSplit(nFeatures, hyperparameters.max_features),
  };
}
