import { invalid } from '../../errors.js';
import type { Engine, TrainingSet } from '../estimator.js';
import type { RandomForestHyperparameters } from '../random-forest-classifier.js';
import { ForestWriter, readForest } from './forest-tensors.js';
import { forestVote } from './forest-vote.js';
import { growTree, type TreeLimits } from './grow-tree.js';
import { Random } from './random.js';

const PATH = 'estimator.random_forest_classifier';

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

  restore(tensors, shape, { n_estimators }) {
    return forestVote(readForest(tensors, shape, n_estimators), shape.nClasses);
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

function featuresPerSplit(nFeatures: number, rule: RandomForestHyperparameters['max_features']): number {
  if (rule === 'all') return nFeatures;
  if (rule === 'sqrt') return Math.floor(Math.sqrt(nFeatures));
  // The binary logarithm, rounded down, without the platform's logarithm.
  if (rule === 'log2') return Math.max(1, 31 - Math.clz32(nFeatures));
  if ('fraction' in rule) return Math.max(1, Math.floor(rule.fraction * nFeatures));
  if (rule.count > nFeatures) {
    throw invalid(`${PATH}.max_features.count`, `is ${rule.count}; must be at most n_features, ${nFeatures}`);
  }
  return rule.count;
}

function rowsPerTree(nSamples: number, { bootstrap, max_samples }: RandomForestHyperparameters): number {
  if (max_samples === null) return nSamples;
  if (!bootstrap) throw invalid(`${PATH}.max_samples`, 'needs bootstrap; leave it unset, or bootstrap true');
  if (max_samples <= 1) return Math.max(1, Math.floor(max_samples * nSamples));
  if (max_samples > nSamples) {
    throw invalid(`${PATH}.max_samples`, `is ${max_samples}; must be at most n_samples, ${nSamples}`);
  }
  return max_samples;
}
