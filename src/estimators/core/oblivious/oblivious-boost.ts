import { type Placed, Workspace } from '../../../kernels/workspace.js';
import type { TrainingBytes, TrainingMonitor, TrainingSet, TrainingSize } from '../../estimator.js';
import { outputsOf } from '../../linear-model.js';
import { tensor, type Tensors } from '../../tensor.js';
import { binaryExponent } from '../binary-exponent.js';
import { EarlyStopping } from '../boosting/early-stopping.js';
import { placesOf, ScoredRows } from '../boosting/scored-rows.js';
import { type TileLayout, tileLayout } from '../boosting/tile-layout.js';
import { BinPlacer, TiledRows } from '../boosting/tiled-rows.js';
import { shuffleRows } from '../target-statistics/shuffled-rows.js';
import type { StatisticsSize } from '../target-statistics/statistics-size.js';
import { LEARNING_FOLDS, type StatisticsRows, TargetStatistics } from '../target-statistics/target-statistics.js';
import { type BorderedFeature, borderedFeatures, borderingBytes } from './bordered-feature.js';
import { LeafFinder } from './leaf-finder.js';
import type { FoldedRows, LeafSteps } from './leaf-steps.js';
import { exponential, logarithm } from './logarithm.js';
import type { ObliviousPlan } from './oblivious-plan.js';
import type { ObliviousTree } from './oblivious-tree.js';
import { ObliviousTreeGrower } from './oblivious-tree-grower.js';
import { ObliviousTreesWriter } from './oblivious-trees.js';
import { RowSampler } from './row-sampler.js';
import { RowTests } from './row-tests.js';
import { SigmoidLeafSteps } from './sigmoid-leaf-steps.js';
import { SoftmaxLeafSteps } from './softmax-leaf-steps.js';
import { pairsOf, StructureGradients } from './structure-gradients.js';

/** The training loss is that of about so many rows: enough to watch it. */
const LOSS_SAMPLE = 16_384;
/** The folds that trees are grown on, and the one that the values of their leaves are of. */
const FOLDS = LEARNING_FOLDS + 1;
/** A side of a smaller share of all rows' weight has no rows, but what rounding has left of them. */
const LEAST_SHARE = 1e-14;
/** A row is certain long before; the leaves of as many trees as there can be still sum up in single precision. */
const LARGEST_LEAF = 1e30;
/** What a split takes in the tensors, and the chunks that they are put together from. */
const SPLIT_BYTES = 24;
/** What a split takes laid out for predictions. */
const LAID_SPLIT_BYTES = 24;
/** What the tables of combined statistics take for each tree and row, as measured. */
const TABLE_BYTES = 0.15;
/** What the heap grows by, as measured, for the objects that trees are while they grow. */
const GARBAGE_BYTES = 4 * 2 ** 20;

/**
 * Boosts oblivious trees on the log loss, as CatBoost does (L. Prokhorenkova et al.,
 * "CatBoost: unbiased boosting with categorical features", 2018; its Plain boosting).
 *
 * Tensors: those of `ObliviousTrees`, `feature_importances` F64[n_features],
 * `feature_splits` U32[n_features], `n_iter` I32[1], and with early stopping
 * `best_iteration` I32[1].

 *
 * @param training rows of weights above 0, that can be summed up in single precision
 */
export function obliviousBoost(training: TrainingSet, plan: ObliviousPlan, monitor: TrainingMonitor): Tensors {
  return new ObliviousBoosting(training, plan, monitor).run();
}

class ObliviousBoosting {
  readonly #workspace: Workspace;
  readonly #plan: ObliviousPlan;
  readonly #monitor: TrainingMonitor;
  readonly #nRows: number;
  readonly #nOutputs: number;
  readonly #random: number;
  readonly #statistics: TargetStatistics | undefined;
  /** The scores of the rows in each fold; the leaves of the model are those of the last one. */
  readonly #folds: readonly ScoredRows[];
  readonly #gradients: StructureGradients;
  readonly #sampler: RowSampler;
  readonly #grower: ObliviousTreeGrower;
  readonly #finder: LeafFinder;
  readonly #steps: LeafSteps;
  readonly #leafValues: Placed<Float32Array<ArrayBuffer>>;
  readonly #validation: { readonly rows: ScoredRows; readonly finder: LeafFinder } | undefined;
  readonly #stopping: EarlyStopping;
  readonly #writer: ObliviousTreesWriter;
  readonly #reseed: (iteration: number) => void;
  /** What weights are multiplied by. */
  readonly #scale: number;
  #leafSize: number | undefined;
  #iteration = 0;
  #losses: readonly [train?: number, validation?: number] = [];

  constructor(training: TrainingSet, plan: ObliviousPlan, monitor: TrainingMonitor) {
    const { nSamples: nRows, nFeatures, nClasses, seed, validation } = training;
    this.#plan = plan;
    this.#monitor = monitor;
    this.#nRows = nRows;
    this.#nOutputs = outputsOf(nClasses);
    const pause = () => this.#tell();

    const features = borderedFeatures(training, plan.borders, plan.oneHot, plan.missing, logarithm(), pause);
    const layout = tileLayout(features);
    const givenWeights = weightsOf(training, plan.classFactors);
    // They matter in proportion only; squares of them must be numbers of single precision.
    this.#scale = 2 ** -binaryExponent(givenWeights === undefined ? 1 : sumOf(givenWeights) / nRows);
    const allWeights = givenWeights?.map((weight) => weight * this.#scale);
    const weighted = allWeights !== undefined;
    const workspace = new Workspace(workspaceBytes(features, layout, plan, { ...training, weighted }));
    this.#workspace = workspace;
    this.#random = workspace.f64(1).address;
    this.#reseed = (iteration) => workspace.kernels.seedRandom(this.#random, seed, iteration);
    this.#reseed(plan.iterations);

    const columns = statisticColumns(training, plan);
    const order = columns.length > 0 ? workspace.u32(nRows) : undefined;
    if (order !== undefined && !plan.inOrder) shuffleRows(workspace.kernels, this.#random, order);
    else order?.forEach((_, place) => (order[place] = place));
    const placer = new BinPlacer(workspace, layout, nFeatures, true);
    const tiled = new TiledRows(workspace, nRows, layout);
    placer.place({ x: training.x, nRows, nFeatures }, tiled, pause, order);
    const held = validation && new TiledRows(workspace, validation.nSamples, layout);
    if (validation !== undefined && held !== undefined) {
      placer.place({ x: validation.x, nRows: validation.nSamples, nFeatures }, held, pause);
    }
    if (order !== undefined) {
      const tests = new RowTests(workspace, layout, features, held === undefined ? [tiled] : [tiled, held]);
      const rows = statisticsRows(training, order, columns, plan);
      this.#statistics = new TargetStatistics(workspace, rows, tests, this.#random, pause);
    }
    training.releaseX?.();

    const start = new Float64Array(this.#nOutputs);
    const y = order === undefined ? training.y : training.y.map((_, place) => training.y[order[place]]);
    const weights = order === undefined ? allWeights : allWeights?.map((_, place) => allWeights[order[place]]);
    const scored = () => new ScoredRows(workspace, { nRows, y, weights }, start);
    this.#folds = Array.from({ length: order === undefined || plan.inOrder ? 1 : FOLDS }, scored);
    const weight = weights === undefined ? nRows : sumOf(weights);
    const l2 = (plan.l2 * weight) / nRows;
    this.#gradients = new StructureGradients(workspace, nRows, nClasses);
    const sampled = workspace.u32(nRows);
    this.#sampler = new RowSampler(workspace, plan.sampling, this.#gradients, sampled, this.#random);
    this.#grower = new ObliviousTreeGrower(
      workspace,
      features,
      layout,
      tiled,
      this.#statistics,
      plan,
      this.#gradients,
      sampled,
      { l2, least: weight * LEAST_SHARE, byLevel: plan.byLevel },
      this.#random,
      pause,
    );
    const { depth, steps } = plan;
    this.#finder = new LeafFinder(workspace, layout, features, tiled, depth);
    this.#leafValues = workspace.f32(2 ** depth);
    const folded: FoldedRows = {
      folds: this.#folds,
      tilesOf: (projection, fold) => (this.#statistics as TargetStatistics).tiles(projection, fold),
    };
    const probabilities = this.#gradients.probabilities;
    this.#steps =
      nClasses === 2
        ? new SigmoidLeafSteps(workspace, folded, this.#finder, depth, weighted, steps, l2, pause)
        : new SoftmaxLeafSteps(workspace, folded, this.#finder, probabilities, depth, steps, l2, pause);
    if (validation !== undefined && held !== undefined) {
      const labelled = { nRows: held.nRows, y: validation.y, weights: weightsOf(validation, plan.classFactors) };
      const rows = new ScoredRows(workspace, labelled, start);
      this.#validation = { rows, finder: new LeafFinder(workspace, layout, features, held, depth) };
    }
    this.#stopping = new EarlyStopping(validation?.earlyStoppingRounds ?? 0);
    this.#writer = new ObliviousTreesWriter(nFeatures, nClasses, features);
  }

  run(): Tensors {
    const { iterations } = this.#plan;
    // Trees of iterations that were no better than the best one.
    let waiting: ObliviousTree[] = [];
    while (this.#iteration < iterations && !this.#stopping.isOver(this.#iteration)) {
      waiting.push(this.#grow());
      this.#iteration++;
      this.#measure();
      const [, loss] = this.#losses;
      if (this.#stopping.isOn && loss !== undefined && !this.#stopping.record(this.#iteration, loss)) {
        this.#tell();
        continue;
      }
      for (const tree of waiting) this.#writer.add(tree);
      waiting = [];
      this.#tell();
    }
    this.#monitor.progress(this.#iteration, this.#iteration, ...this.#losses);
    return {
      ...this.#writer.tensors((used) => this.#statistics?.tensors(used, () => this.#tell()) ?? {}),
      n_iter: tensor('I32', [1], Int32Array.of(this.#iteration)),
      ...(this.#stopping.isOn && {
        best_iteration: tensor('I32', [1], Int32Array.of(this.#stopping.bestIteration)),
      }),
    };
  }

  /** Grows the tree of an iteration, and adds it to all scores. */
  #grow(): ObliviousTree {
    this.#reseed(this.#iteration);
    const fold = this.#drawFold();
    this.#gradients.write(this.#folds[fold]);
    // Before the pairs are weighed anew.
    const deviation = this.#plan.randomStrength * this.#gradients.deviation * this.#noiseLeft();
    const sampled = this.#sampler.draw(this.#leafSize);
    const splits = this.#grower.grow(sampled, deviation, fold, (grown) => this.#steps.countLeaves(grown, fold));
    let tree: ObliviousTree = { splits, values: new Float64Array(0), weights: new Float64Array(0) };
    for (let to = 0; to < this.#folds.length; to++) {
      const values = this.#steps.take(splits, to).map((step) => bounded(this.#plan.learningRate * step));
      this.#add(values, this.#finder, this.#folds[to]);
      // Of the last fold, whose leaves are those of the model.
      tree = { splits, values, weights: to === this.#folds.length - 1 ? this.#steps.weigh() : tree.weights };
    }
    if (this.#validation !== undefined) {
      const { finder, rows } = this.#validation;
      finder.find(splits, (projection) => (this.#statistics as TargetStatistics).heldTiles(projection));
      this.#add(tree.values, finder, rows);
    }
    this.#leafSize = this.#scale * meanSize(tree.values, this.#nOutputs);
    return tree;
  }

  /** The fold that the structure of the next tree is searched in. */
  #drawFold(): number {
    if (this.#folds.length === 1) return 0;
    return Math.floor(this.#workspace.kernels.drawFraction(this.#random) * LEARNING_FOLDS);
  }

  /** How much of the noise is left: the less, the more has been learned. */
  #noiseLeft(): number {
    if (this.#plan.randomStrength === 0) return 0;
    const rows = this.#nRows * exponential(-this.#iteration * this.#plan.learningRate);
    return rows / (1 + rows);
  }

  #add(values: Float64Array, finder: LeafFinder, rows: ScoredRows): void {
    for (let output = 0; output < this.#nOutputs; output++) {
      for (let at = output, leaf = 0; at < values.length; at += this.#nOutputs) this.#leafValues[leaf++] = values[at];
      finder.addTo(rows.scoresOf(output), this.#leafValues.address);
    }
  }

  #measure(): void {
    const rows = this.#folds[this.#folds.length - 1];
    this.#losses = [rows.logLoss(LOSS_SAMPLE), this.#validation?.rows.logLoss()];
  }

  #tell(): void {
    this.#monitor.progress(this.#iteration, this.#plan.iterations, ...this.#losses);
  }
}

/**
 * The bytes that a training is likely to take: its workspace, if all features have
 * all borders, and the trees as tensors.
 */
export function obliviousBytes(size: TrainingSize, plan: ObliviousPlan): TrainingBytes {
  const { nSamples, nFeatures, nClasses, nValidation } = size;
  const nBorders = Math.min(plan.borders, Math.max(1, nSamples - 1));
  const edges: number[] = Array.from({ length: nBorders }, () => 0);
  const columns = statisticColumns(size, plan);
  const features = Array.from({ length: nFeatures }, (_, column) => ({
    column,
    edges,
    hasMissing: false,
    missing: 0,
  })).filter(({ column }) => !columns.includes(column));
  const layout = tileLayout(features);
  const validation = nValidation === 0 ? undefined : { nSamples: nValidation };
  const weighted = size.weighted || plan.classFactors !== undefined;
  const perTree = plan.depth * SPLIT_BYTES + 2 ** plan.depth * outputsOf(nClasses) * 8;
  const model = plan.iterations * perTree;
  // The workspace that the borders were set in is as good as ever there: nobody hurries to collect it.
  const bordering = borderingBytes(nSamples) + 8 * nFeatures * nBorders;
  const workspace = workspaceBytes(features, layout, plan, { ...size, validation, weighted });
  const statistics = columns.length === 0 ? 0 : TargetStatistics.bytes(statisticsSize({ ...size, validation }, plan));
  const combines = columns.length > 0 && plan.complexity > 1;
  const tables = combines ? plan.iterations * nSamples * TABLE_BYTES : 0;
  const bins = BinPlacer.bytes(nFeatures, layout) + TiledRows.bytes(nSamples + nValidation, layout);
  return {
    reading: bordering + bins + statistics,
    // Tables are put together from their parts.
    learning: GARBAGE_BYTES + bordering + workspace + model + 2 * tables,
    predicting: 2 * model + 3 * tables + plan.iterations * plan.depth * (LAID_SPLIT_BYTES - SPLIT_BYTES),
  };
}

/** What a training's memory depends on. */
type TrainingShape = Pick<TrainingSet, 'nSamples' | 'nFeatures' | 'nClasses' | 'nCategories'> & {
  readonly validation?: { readonly nSamples: number };
};

/** The bytes of the workspace of a training. */
function workspaceBytes(
  features: readonly BorderedFeature[],
  layout: TileLayout,
  plan: ObliviousPlan,
  shape: TrainingShape & { readonly weighted: boolean },
): number {
  const { nSamples, nFeatures, nClasses, validation, weighted } = shape;
  const nOutputs = outputsOf(nClasses);
  const { depth, steps } = plan;
  const hasStatistics = statisticColumns(shape, plan).length > 0;
  const ofRows = (count: number) =>
    TiledRows.bytes(count, layout) + ScoredRows.bytes(count, nOutputs) + LeafFinder.bytes(count, depth);
  const ofStatistics =
    Workspace.sizeOf(nSamples, 4) +
    (FOLDS - 1) * ScoredRows.bytes(nSamples, nOutputs) +
    RowTests.bytes() +
    TargetStatistics.bytes(statisticsSize(shape, plan));
  return (
    Workspace.sizeOf(1, 8) +
    BinPlacer.bytes(nFeatures, layout) +
    ofRows(nSamples) +
    StructureGradients.bytes(nSamples, nClasses) +
    Workspace.sizeOf(nSamples, 4) +
    ObliviousTreeGrower.bytes(nSamples, features, layout, plan, pairsOf(nClasses), hasStatistics) +
    Workspace.sizeOf(2 ** depth, 4) +
    (nClasses === 2
      ? SigmoidLeafSteps.bytes(nSamples, depth, weighted)
      : SoftmaxLeafSteps.bytes(nSamples, placesOf(nSamples), nClasses, depth, steps)) +
    (validation === undefined ? 0 : ofRows(validation.nSamples)) +
    (hasStatistics ? ofStatistics : 0)
  );
}

/** The columns that there are statistics of. */
function statisticColumns(
  { nCategories }: Pick<TrainingSet, 'nCategories'>,
  { oneHot }: Pick<ObliviousPlan, 'oneHot'>,
): number[] {
  return [...(nCategories ?? [])].flatMap((count, column) => (count > Math.max(1, oneHot) ? [column] : []));
}

function statisticsSize(shape: TrainingShape, plan: ObliviousPlan): StatisticsSize {
  const { nSamples, nClasses, nCategories = [], validation } = shape;
  return {
    nRows: nSamples,
    nHeld: validation?.nSamples ?? 0,
    nClasses,
    nCategories: statisticColumns(shape, plan).map((column) => nCategories[column]),
    complexity: plan.complexity,
  };
}

function statisticsRows(
  { x, y, nFeatures, nClasses, nCategories, validation }: TrainingSet,
  order: Uint32Array,
  columns: readonly number[],
  { complexity }: ObliviousPlan,
): StatisticsRows {
  const held = validation && { x: validation.x, nRows: validation.nSamples };
  return { x, y, nFeatures, order, columns, nClasses, nCategories: nCategories as Uint32Array, complexity, held };
}

function sumOf(weights: Float64Array): number {
  return weights.reduce((sum, weight) => sum + weight, 0);
}

/** The weights of rows and of their classes. */
function weightsOf(
  { y, sampleWeight }: Pick<TrainingSet, 'y' | 'sampleWeight'>,
  classFactors: ObliviousPlan['classFactors'],
): Float64Array | undefined {
  if (classFactors === undefined) return sampleWeight;
  return Float64Array.from(y, (label, row) => (sampleWeight?.[row] ?? 1) * classFactors[label]);
}

function bounded(value: number): number {
  return Math.max(-LARGEST_LEAF, Math.min(LARGEST_LEAF, value));
}

/** The mean length of the leaves' values (shape: n_leaves x n_outputs). */
function meanSize(values: Float64Array, nOutputs: number): number {
  let sum = 0;
  for (let at = 0; at < values.length; at += nOutputs) {
    let square = 0;
    for (let output = 0; output < nOutputs; output++) square += values[at + output] ** 2;
    sum += Math.sqrt(square);
  }
  return (sum * nOutputs) / values.length;
}
