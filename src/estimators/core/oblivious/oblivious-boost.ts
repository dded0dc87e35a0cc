import { type Placed, Workspace } from '../../../kernels/workspace.js';
import type { TrainingBytes, TrainingMonitor, TrainingSet, TrainingSize } from '../../estimator.js';
import { outputsOf } from '../../linear-model.js';
import { tensor, type Tensors } from '../../tensor.js';
import { EarlyStopping } from '../boosting/early-stopping.js';
import { requireWeights } from '../boosting/require-weights.js';
import { rowsWithWeight } from '../boosting/rows-with-weight.js';
import { placesOf, ScoredRows } from '../boosting/scored-rows.js';
import { type TileLayout, tileLayout } from '../boosting/tile-layout.js';
import { TiledRows } from '../boosting/tiled-rows.js';
import { BorderCounter } from './border-counter.js';
import { type BorderedFeature, borderedFeatures, borderingBytes } from './bordered-feature.js';
import { LeafFinder } from './leaf-finder.js';
import type { LeafSteps } from './leaf-steps.js';
import { exponential, logarithm } from './logarithm.js';
import type { ObliviousPlan } from './oblivious-plan.js';
import type { ObliviousTree } from './oblivious-tree.js';
import { ObliviousTreeGrower } from './oblivious-tree-grower.js';
import { ObliviousTreesWriter } from './oblivious-trees.js';
import { RowSampler } from './row-sampler.js';
import { SigmoidLeafSteps } from './sigmoid-leaf-steps.js';
import { SoftmaxLeafSteps } from './softmax-leaf-steps.js';
import { pairsOf, StructureGradients } from './structure-gradients.js';

/** The training loss is that of about so many rows: enough to watch it. */
const LOSS_SAMPLE = 16_384;
/** A row is certain long before; the leaves of as many trees as there can be still sum up in single precision. */
const LARGEST_LEAF = 1e30;
/** What a split takes in the tensors, and the chunks that they are put together from. */
const SPLIT_BYTES = 24;
/** What a split takes laid out for predictions. */
const LAID_SPLIT_BYTES = 24;
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
 * @throws INVALID_REQUEST for weights that nothing can be learned by.
 */
export function obliviousBoost(training: TrainingSet, plan: ObliviousPlan, monitor: TrainingMonitor): Tensors {
  requireWeights(training, plan.classFactors);
  return new ObliviousBoosting(rowsWithWeight(training), plan, monitor).run();
}

class ObliviousBoosting {
  readonly #plan: ObliviousPlan;
  readonly #monitor: TrainingMonitor;
  readonly #nRows: number;
  readonly #nOutputs: number;
  readonly #rows: ScoredRows;
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

    const features = borderedFeatures(training, plan.borders, plan.missing, logarithm(), pause);
    const layout = tileLayout(features);
    const weights = weightsOf(training, plan.classFactors);
    const weighted = weights !== undefined;
    const workspace = new Workspace(workspaceBytes(features, layout, plan, { ...training, weighted }));
    const random = workspace.f64(1).address;
    this.#reseed = (iteration) => workspace.kernels.seedRandom(random, seed, iteration);

    const counter = new BorderCounter(workspace, features, layout, nFeatures);
    const tiled = new TiledRows(workspace, nRows, layout);
    counter.place({ x: training.x, nRows, nFeatures }, tiled, pause);
    training.releaseX?.();
    const start = new Float64Array(this.#nOutputs);
    this.#rows = new ScoredRows(workspace, { nRows, y: training.y, weights }, start);
    const meanWeight = weights === undefined ? 1 : weights.reduce((sum, weight) => sum + weight, 0) / nRows;
    const l2 = plan.l2 * meanWeight;
    this.#gradients = new StructureGradients(workspace, nRows, nClasses);
    const sampled = workspace.u32(nRows);
    this.#sampler = new RowSampler(workspace, plan.sampling, this.#gradients, sampled, random);
    this.#grower = new ObliviousTreeGrower(workspace, layout, tiled, plan, this.#gradients, sampled, l2, random, pause);
    this.#finder = new LeafFinder(workspace, layout, tiled, plan.depth);
    this.#leafValues = workspace.f32(2 ** plan.depth);
    const { depth, steps } = plan;
    this.#steps =
      nClasses === 2
        ? new SigmoidLeafSteps(workspace, this.#rows, this.#finder, depth, weighted, steps, l2, pause)
        : new SoftmaxLeafSteps(
            workspace,
            this.#rows,
            this.#finder,
            this.#gradients.probabilities,
            depth,
            steps,
            l2,
            pause,
          );
    if (validation !== undefined) {
      const { nSamples: count, x, y } = validation;
      const held = new TiledRows(workspace, count, layout);
      counter.place({ x, nRows: count, nFeatures }, held, pause);
      const labelled = { nRows: count, y, weights: weightsOf(validation, plan.classFactors) };
      const rows = new ScoredRows(workspace, labelled, start);
      this.#validation = { rows, finder: new LeafFinder(workspace, layout, held, plan.depth) };
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
      ...this.#writer.tensors(),
      n_iter: tensor('I32', [1], Int32Array.of(this.#iteration)),
      ...(this.#stopping.isOn && {
        best_iteration: tensor('I32', [1], Int32Array.of(this.#stopping.bestIteration)),
      }),
    };
  }

  /** Grows the tree of an iteration, and adds it to all scores. */
  #grow(): ObliviousTree {
    this.#reseed(this.#iteration);
    this.#gradients.write(this.#rows);
    // Before the pairs are weighed anew.
    const deviation = this.#plan.randomStrength * this.#gradients.deviation * this.#noiseLeft();
    const sampled = this.#sampler.draw(this.#leafSize);
    const splits = this.#grower.grow(sampled, deviation, (grown) => this.#steps.countLeaves(grown));
    const values = this.#steps.take(splits).map((step) => bounded(this.#plan.learningRate * step));
    const tree = { splits, values, weights: this.#steps.weigh() };
    this.#add(tree);
    this.#leafSize = meanSize(values, this.#nOutputs);
    return tree;
  }

  /** How much of the noise is left: the less, the more has been learned. */
  #noiseLeft(): number {
    if (this.#plan.randomStrength === 0) return 0;
    const rows = this.#nRows * exponential(-this.#iteration * this.#plan.learningRate);
    return rows / (1 + rows);
  }

  #add({ splits, values }: ObliviousTree): void {
    const nLeaves = 2 ** splits.length;
    this.#validation?.finder.find(splits);
    for (let output = 0; output < this.#nOutputs; output++) {
      for (let leaf = 0; leaf < nLeaves; leaf++) this.#leafValues[leaf] = values[leaf * this.#nOutputs + output];
      this.#finder.addTo(this.#rows.scoresOf(output), this.#leafValues.address);
      this.#validation?.finder.addTo(this.#validation.rows.scoresOf(output), this.#leafValues.address);
    }
  }

  #measure(): void {
    this.#losses = [this.#rows.logLoss(LOSS_SAMPLE), this.#validation?.rows.logLoss()];
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
  const features = Array.from({ length: nFeatures }, (_, column) => ({ column, edges, hasMissing: false, missing: 0 }));
  const layout = tileLayout(features);
  const validation = nValidation === 0 ? undefined : { nSamples: nValidation };
  const weighted = size.weighted || plan.classFactors !== undefined;
  const perTree = plan.depth * SPLIT_BYTES + 2 ** plan.depth * outputsOf(nClasses) * 8;
  const model = plan.iterations * perTree;
  // The workspace that the borders were set in is as good as ever there: nobody hurries to collect it.
  const bordering = borderingBytes(nSamples) + 8 * nFeatures * nBorders;
  const bins = BorderCounter.bytes(nFeatures, features) + TiledRows.bytes(nSamples + nValidation, layout);
  return {
    reading: bordering + bins,
    learning:
      GARBAGE_BYTES + bordering + workspaceBytes(features, layout, plan, { ...size, validation, weighted }) + model,
    predicting: 2 * model + plan.iterations * plan.depth * (LAID_SPLIT_BYTES - SPLIT_BYTES),
  };
}

/** What a training's memory depends on. */
type TrainingShape = Pick<TrainingSet, 'nSamples' | 'nFeatures' | 'nClasses'> & {
  readonly validation?: { readonly nSamples: number };
  readonly weighted: boolean;
};

/** The bytes of the workspace of a training. */
function workspaceBytes(
  features: readonly BorderedFeature[],
  layout: TileLayout,
  plan: ObliviousPlan,
  { nSamples, nFeatures, nClasses, validation, weighted }: TrainingShape,
): number {
  const nOutputs = outputsOf(nClasses);
  const { depth, steps } = plan;
  const ofRows = (count: number) =>
    TiledRows.bytes(count, layout) + ScoredRows.bytes(count, nOutputs) + LeafFinder.bytes(count, depth);
  return (
    Workspace.sizeOf(1, 8) +
    BorderCounter.bytes(nFeatures, features) +
    ofRows(nSamples) +
    StructureGradients.bytes(nSamples, nClasses) +
    Workspace.sizeOf(nSamples, 4) +
    ObliviousTreeGrower.bytes(nSamples, layout, plan, pairsOf(nClasses)) +
    Workspace.sizeOf(2 ** depth, 4) +
    (nClasses === 2
      ? SigmoidLeafSteps.bytes(nSamples, depth, weighted)
      : SoftmaxLeafSteps.bytes(nSamples, placesOf(nSamples), nClasses, depth, steps)) +
    (validation === undefined ? 0 : ofRows(validation.nSamples))
  );
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
