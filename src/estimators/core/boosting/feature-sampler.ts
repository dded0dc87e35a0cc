import { type Placed, Workspace } from '../../../kernels/workspace.js';
import type { GrowthRules } from './growth-rules.js';

/**
 * Draws the features that a tree, each of its levels and each of its nodes may
 * look at, as XGBoost's colsample_by* do: the shares are of one another.
 */
export class FeatureSampler {
  readonly #workspace: Workspace;
  readonly #rules: GrowthRules;
  readonly #all: Uint32Array;
  readonly #items: Placed<Uint32Array<ArrayBuffer>>;
  readonly #random: number;
  #ofTree: Uint32Array = new Uint32Array(0);
  #ofLevel: (Uint32Array | undefined)[] = [];

  static bytes(nFeatures: number): number {
    return Workspace.sizeOf(nFeatures, 4);
  }

  /** @param random the address of a stream of random numbers */
  constructor(workspace: Workspace, nFeatures: number, rules: GrowthRules, random: number) {
    this.#workspace = workspace;
    this.#rules = rules;
    this.#all = Uint32Array.from({ length: nFeatures }, (_, feature) => feature);
    this.#items = workspace.u32(nFeatures);
    this.#random = random;
  }

  /** Draws the features of the next tree, rising; the same array as before where nothing is drawn. */
  startTree(): Uint32Array {
    this.#ofLevel = [];
    this.#ofTree = this.#draw(this.#all, this.#rules.byTree);
    return this.#ofTree;
  }

  /** The features of a node at `depth`; the same array as before where nothing is drawn. */
  forNode(depth: number): Uint32Array {
    const ofLevel = (this.#ofLevel[depth] ??= this.#draw(this.#ofTree, this.#rules.byLevel));
    return this.#draw(ofLevel, this.#rules.byNode);
  }

  #draw(from: Uint32Array, share: number): Uint32Array {
    if (share === 1) return from;
    const count = this.#rules.featureCount(share, from.length);
    this.#items.set(from);
    this.#workspace.kernels.drawItems(this.#random, this.#items.address, from.length, count);
    return this.#items.subarray(0, count).toSorted();
  }
}
