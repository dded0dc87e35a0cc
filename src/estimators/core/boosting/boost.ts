import { Workspace } from '../../../kernels/workspace.js';
import type { TrainingBytes, TrainingMonitor, TrainingSet, TrainingSize } from '../../estimator.js';
import { outputsOf } from '../../linear-model.js';
import { tensor, type Tensors } from '../../tensor.js';
import { classShares } from '../linear/class-shares.js';
import { type BinnedFeature, binnedFeatures, binningBytes, MOST_CATEGORIES } from './binned-feature.js';
import { BoostedTreesWriter } from './boosted-trees.js';
import type { BoostingPlan } from './boosting-plan.js';
import { EarlyStopping } from './early-stopping.js';
import type { GradientTree } from './gradient-tree.js';
import { mostLeaves } from './growth-rules.js';
import { GradientTreeGrower } from './gradient-tree-grower.js';
import { LogLossGradients } from './log-loss-gradients.js';
import { requireWeights } from './require-weights.js';
import { RowBag } from './row-bag.js';
import { ScoredRows } from './scored-rows.js';
import { type TileLayout, tileLayout } from './tile-layout.js';
import { BinPlacer, TiledRows } from './tiled-rows.js';
import { TreeScorer } from './tree-scorer.js';
import { rowsWithWeight } from './rows-with-weight.js';

/** The training loss is that of about so many rows: enough to watch it. */
const LOSS_SAMPLE = 16_384;
/** What a node of a tree takes in the tensors, and the chunks that they are put together from. */
const NODE_BYTES = 24;
/** What a node takes laid out for predictions. */
const FLAT_NODE_BYTES = 16;
/** What the heap grows by, as measured, for the objects that trees are while they grow. */
const GARBAGE_BYTES = 4 * 2 ** 20;

/**
 * Boosts trees on the log loss (J. Friedman, "Greedy Function Approximation: A
 * Gradient Boosting Machine", 2001, with the second-order steps of XGBoost).
 *
 * Tensors: those of `BoostedTrees`, `n_iter` I32[1], and with early stopping
 * `best_iteration` I32[1].
 *
 * @throws INVALID_REQUEST for weights that nothing can be learned by.
 */
export function boost(training: TrainingSet, plan: BoostingPlan, monitor: TrainingMonitor): Tensors {
  requireWeights(training, plan.classFactors);
  return new Boosting(rowsWithWeight(training), plan, monitor).run();
}

class Boosting {
  readonly #plan: BoostingPlan;
  readonly #monitor: TrainingMonitor;
  readonly #nOutputs: number;
  readonly #baseScore: Float64Array<ArrayBuffer>;
  readonly #rows: ScoredRows;
  readonly #gradients: LogLossGradients;
  readonly #grower: GradientTreeGrower;
  readonly #bag: RowBag;
  readonly #bagScorer: TreeScorer | undefined;
  readonly #validation: { readonly rows: ScoredRows; readonly scorer: TreeScorer; readonly count: number } | undefined;
  readonly #stopping: EarlyStopping;
  readonly #writer: BoostedTreesWriter;
  readonly #reseed: (iteration: number) => void;
  #iteration = 0;
  #losses: readonly [train?: number, validation?: number] = [];

  constructor(training: TrainingSet, plan: BoostingPlan, monitor: TrainingMonitor) {
    const { nSamples: nRows, nFeatures, nClasses, seed, validation } = training;
    this.#plan = plan;
    this.#monitor = monitor;
    this.#nOutputs = outputsOf(nClasses);
    const pause = () => this.#tell();

    const features = binnedFeatures(training, plan.binning, pause);
    const layout = tileLayout(features);
    const workspace = new Workspace(workspaceBytes(layout, plan, training));
    const weights = rowWeights(training, plan.classFactors);
    const log = (value: number) => workspace.kernels.log2(value) * Math.LN2;
    this.#baseScore = Float64Array.from(plan.baseScore(classShares({ ...training, sampleWeight: weights }), log));
    const random = workspace.f64(1).address;
    this.#reseed = (iteration) => workspace.kernels.seedRandom(random, seed, iteration);

    const placer = new BinPlacer(workspace, layout, nFeatures, plan.binning.single);
    const tiled = new TiledRows(workspace, nRows, layout);
    placer.place({ x: training.x, nRows, nFeatures }, tiled, pause);
    training.releaseX?.();
    this.#rows = new ScoredRows(workspace, { nRows, y: training.y, weights }, this.#baseScore);
    this.#gradients = new LogLossGradients(workspace, this.#rows, plan.hessian);
    this.#grower = new GradientTreeGrower(workspace, layout, tiled, plan.growth, random, pause);
    this.#bag = new RowBag(workspace, nRows, plan.rows, random);
    if (plan.rows.share < 1) this.#bagScorer = new TreeScorer(workspace, layout, tiled);
    if (validation !== undefined) {
      const { nSamples: count, x, y, sampleWeight } = validation;
      const held = new TiledRows(workspace, count, layout);
      placer.place({ x, nRows: count, nFeatures }, held, pause);
      const rows = new ScoredRows(workspace, { nRows: count, y, weights: sampleWeight }, this.#baseScore);
      this.#validation = { rows, scorer: new TreeScorer(workspace, layout, held), count };
    }
    this.#stopping = new EarlyStopping(validation?.earlyStoppingRounds ?? 0);
    this.#writer = new BoostedTreesWriter(nFeatures, features, plan.unseenMissing);
  }

  run(): Tensors {
    const { iterations } = this.#plan;
    // Trees of iterations that were no better than the best one.
    let waiting: GradientTree[] = [];
    while (this.#iteration < iterations && !this.#stopping.isOver(this.#iteration)) {
      const trees = this.#grow();
      if (trees === undefined) break;
      this.#iteration++;
      waiting.push(...trees);
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
      ...this.#writer.tensors(this.#baseScore),
      n_iter: tensor('I32', [1], Int32Array.of(this.#iteration)),
      ...(this.#stopping.isOn && {
        best_iteration: tensor('I32', [1], Int32Array.of(this.#stopping.bestIteration)),
      }),
    };
  }

  /** Grows the trees of an iteration, one an output, and adds them to all scores; nothing when boosting has come to its end. */
  #grow(): GradientTree[] | undefined {
    this.#reseed(this.#iteration);
    this.#gradients.startIteration();
    const trees: GradientTree[] = [];
    for (let output = 0; output < this.#nOutputs; output++) {
      this.#gradients.write(output);
      this.#bag.draw(this.#iteration, output);
      const tree = this.#grower.grow(this.#gradients.pairs, this.#bag.copyTo(this.#grower.rows));
      if (this.#plan.splitsOnly && tree.length === 1) tree[0].value = 0;
      this.#addToScores(tree, output);
      trees.push(tree);
    }
    return this.#plan.splitsOnly && trees.every((tree) => tree.length === 1) ? undefined : trees;
  }

  #addToScores(tree: GradientTree, output: number): void {
    const scores = this.#rows.scoresOf(output);
    this.#grower.addLeaves(tree, scores);
    const { address, count } = this.#bag.rest;
    if (count > 0) this.#bagScorer?.add(tree, address, count, scores);
    if (this.#validation === undefined) return;
    const { rows, scorer, count: nHeld } = this.#validation;
    scorer.add(tree, 0, nHeld, rows.scoresOf(output));
  }

  #measure(): void {
    this.#losses = [this.#rows.logLoss(LOSS_SAMPLE), this.#validation?.rows.logLoss()];
  }

  #tell(): void {
    this.#monitor.progress(this.#iteration, this.#plan.iterations, ...this.#losses);
  }
}

/**
 * The bytes that a training is likely to take: its workspace, if all features
 * have all bins, and the trees as objects and tensors.
 */
export function boostingBytes(size: TrainingSize, plan: BoostingPlan): TrainingBytes {
  const { nSamples, nFeatures, nClasses, nValidation } = size;
  const nEdges = Math.min(plan.binning.maxBins, nSamples) - 1;
  const features = likelyFeatures(size, nEdges, plan.binning.mostCategories(nSamples));
  const layout = tileLayout(features);
  const validation = nValidation === 0 ? undefined : { nSamples: nValidation };
  const nNodes = plan.iterations * outputsOf(nClasses) * maxNodes(plan, nSamples);
  const nodeBytes = NODE_BYTES + listBytes(features, plan) / 2;
  // The workspace that the bins were cut in is as good as ever there: nobody hurries to collect it.
  const binning = binningBytes(nSamples) + 8 * nFeatures * nEdges;
  const bins = BinPlacer.bytes(nFeatures, layout) + TiledRows.bytes(nSamples + nValidation, layout);
  return {
    reading: binning + bins,
    learning: GARBAGE_BYTES + binning + workspaceBytes(layout, plan, { ...size, validation }) + nNodes * nodeBytes,
    predicting: nNodes * (nodeBytes + FLAT_NODE_BYTES + laidSetBytes(features) / 2),
  };
}

/** What the list of a split takes in the tensors, if splits look at all features alike, and list half of what they may. */
function listBytes(features: readonly BinnedFeature[], { growth }: BoostingPlan): number {
  const { most } = growth.categories;
  const sum = features.reduce((bytes, { categories }) => bytes + Math.min(most, categories?.kept ?? 0), 0);
  return features.length === 0 ? 0 : sum / features.length;
}

/** What the set of a split takes laid out for predictions, if splits look at all features alike, and at all categories. */
function laidSetBytes(features: readonly BinnedFeature[]): number {
  const sum = features.reduce((bytes, { categories }) => bytes + (categories?.kept ?? 0) / 8, 0);
  return features.length === 0 ? 0 : sum / features.length;
}

/** Features of so many edges, or of all categories that can have bins of their own. */
function likelyFeatures({ nFeatures, nCategories }: TrainingSize, nEdges: number, most: number): BinnedFeature[] {
  const edges: number[] = Array.from({ length: nEdges }, () => 0);
  return Array.from({ length: nFeatures }, (_, column) => {
    const all = nCategories?.[column] ?? 0;
    if (all === 0) return { column, edges, hasMissing: false };
    const categories = { kept: Math.min(all, most, MOST_CATEGORIES), all, unseenApart: false };
    return { column, edges: [], hasMissing: true, categories };
  });
}

/** The bytes of the workspace of a training. */
function workspaceBytes(
  layout: TileLayout,
  plan: BoostingPlan,
  { nSamples, nFeatures, nClasses, validation }: TrainingShape,
): number {
  const nOutputs = outputsOf(nClasses);
  const ofValidation =
    validation === undefined
      ? 0
      : TiledRows.bytes(validation.nSamples, layout) +
        ScoredRows.bytes(validation.nSamples, nOutputs) +
        TreeScorer.bytes(validation.nSamples, layout);
  return (
    Workspace.sizeOf(1, 8) +
    BinPlacer.bytes(nFeatures, layout) +
    TiledRows.bytes(nSamples, layout) +
    ScoredRows.bytes(nSamples, nOutputs) +
    LogLossGradients.bytes(nSamples, nOutputs) +
    GradientTreeGrower.bytes(nSamples, layout, plan.growth) +
    RowBag.bytes(nSamples, plan.rows) +
    (plan.rows.share < 1 ? TreeScorer.bytes(nSamples, layout) : 0) +
    ofValidation
  );
}

/** What a training's memory depends on. */
type TrainingShape = Pick<TrainingSet, 'nSamples' | 'nFeatures' | 'nClasses'> & {
  readonly validation?: { readonly nSamples: number };
};

/** The most nodes that a tree can have. */
function maxNodes({ growth }: BoostingPlan, nRows: number): number {
  return 2 * mostLeaves(growth, nRows);
}

/** The weights of rows and of their classes. */
function rowWeights({ y, sampleWeight }: TrainingSet, classFactors: BoostingPlan['classFactors']) {
  if (classFactors === undefined) return sampleWeight;
  return Float64Array.from(y, (label, row) => (sampleWeight?.[row] ?? 1) * classFactors[label]);
}
