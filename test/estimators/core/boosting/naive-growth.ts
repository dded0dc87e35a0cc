import type { GrowthRules } from '../../../../src/estimators/core/boosting/growth-rules.js';

/** Binned rows with their gradients and hessians, and no histogram of them. */
export interface NaiveRows {
  /** Shape: n_features x n_rows; the bin of missing values is above all others. */
  readonly bins: readonly (readonly number[])[];
  /** Shape: n_features; the bin of missing values where there are any. */
  readonly missingBin: readonly (number | undefined)[];
  /** Shape: n_rows. */
  readonly gradients: readonly number[];
  readonly hessians: readonly number[];
}

/** A tree that has grown, as a row sees it. */
export type SeenTree =
  | { readonly value: number }
  | {
      readonly feature: number;
      readonly goesLeft: (row: number) => boolean;
      readonly left: SeenTree;
      readonly right: SeenTree;
    };

export type NaiveRules = Pick<
  GrowthRules,
  | 'bestFirst'
  | 'maxLeaves'
  | 'maxDepth'
  | 'minSamples'
  | 'minHessian'
  | 'minGain'
  | 'fromAbove'
  | 'lambda'
  | 'alpha'
  | 'maxStep'
  | 'learningRate'
> &
  Partial<Pick<GrowthRules, 'inheritsSplittable'>>;

/** How far rounding may bring limits and gains from where they are, in proportion. */
export interface Precision {
  readonly precision: number;
}

interface NaiveSplit {
  readonly feature: number;
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly gain: number;
  /** Whether limits allow it for sure, and not only if rounding is kind. */
  readonly sure: boolean;
}

interface OpenNode {
  readonly seen: SeenTree;
  readonly rows: readonly number[];
  readonly depth: number;
  readonly splits: readonly NaiveSplit[];
  /** The features that no node below looks at, and those that none may look at, as rounding decides. */
  readonly hopeless: Hopeless;
  /** The gain of the best split that is sure, and of the best one at all. */
  readonly best: number;
  readonly most: number;
}

/**
 * Grows a tree the slow way, with every split of every node tried on the rows
 * themselves, and compares it with one that has grown: each split must gain as
 * much as the best one, nodes must be split in their order until a limit is
 * reached, and each leaf must take the best step. Where splits gain the same, the
 * tree may have any of them.
 *
 * @throws Error that says what is wrong with the tree.
 */
export function requireGreedyTree(
  tree: SeenTree,
  data: NaiveRows,
  rows: readonly number[],
  rules: NaiveRules & Precision,
): void {
  const open = [openNode(tree, data, rows, 0, rules)];
  let nLeaves = 1;
  for (;;) {
    if (nLeaves === rules.maxLeaves) break;
    const next = nextNode(open, rules);
    if (next === undefined) break;
    open.splice(open.indexOf(next), 1, ...childrenOf(next, data, rules));
    nLeaves++;
  }
  for (const node of open) requireLeaf(node, data, rules);
}

function openNode(
  seen: SeenTree,
  data: NaiveRows,
  rows: readonly number[],
  depth: number,
  rules: NaiveRules & Precision,
  above: Hopeless = NONE,
): OpenNode {
  const all = depth < rules.maxDepth ? splitsOf(data, rows, rules) : [];
  const splits = all
    .filter(({ feature }) => !above.surely.has(feature))
    .map((split) => (above.perhaps.has(split.feature) ? { ...split, sure: false } : split));
  const hopeless = rules.inheritsSplittable ? hopelessOf(data, splits, rules) : NONE;
  const best = splits.reduce((most, { gain, sure }) => (sure ? Math.max(most, gain) : most), -Infinity);
  const most = Math.max(-Infinity, ...splits.map(({ gain }) => gain));
  return { seen, rows, depth, splits, hopeless, best, most };
}

interface Hopeless {
  readonly surely: ReadonlySet<number>;
  readonly perhaps: ReadonlySet<number>;
}
const NONE: Hopeless = { surely: new Set(), perhaps: new Set() };

/** The features of which no split gains enough. */
function hopelessOf(data: NaiveRows, splits: readonly NaiveSplit[], { minGain, precision }: NaiveRules & Precision) {
  const slackOf = (gain: number) => precision * (1 + Math.abs(gain) + minGain);
  const without = (isEnough: (split: NaiveSplit) => boolean) => {
    const enough = new Set(splits.filter(isEnough).map(({ feature }) => feature));
    return new Set([...data.bins.keys()].filter((feature) => !enough.has(feature)));
  };
  return {
    surely: without(({ gain }) => gain > minGain - slackOf(gain)),
    perhaps: without(({ gain, sure }) => sure && gain > minGain + slackOf(gain)),
  };
}

/** The node that is split next, if there is any that gains enough. */
function nextNode(open: readonly OpenNode[], rules: NaiveRules & Precision): OpenNode | undefined {
  const isSplit = ({ seen }: OpenNode) => 'feature' in seen;
  const slack = (node: OpenNode) => rules.precision * (1 + Math.abs(node.best) + rules.minGain);
  const must = open.filter((node) => node.best > rules.minGain + slack(node));
  if (must.length === 0) return open.find(isSplit);
  if (!rules.bestFirst) {
    const depth = Math.min(...must.map((node) => node.depth));
    const place = open.findIndex((node) => node.depth === depth && must.includes(node));
    const next = open.find((node, i) => isSplit(node) && (node.depth < depth || (node.depth === depth && i <= place)));
    if (next === undefined) throw new Error(`a node at depth ${depth} that gains ${open[place].best} is a leaf`);
    return next;
  }
  const top = must.reduce((a, b) => (a.best >= b.best ? a : b));
  const next = open.find((node) => isSplit(node) && node.most >= top.best - slack(top));
  if (next === undefined) throw new Error(`the node that gains most, ${top.best}, is not split`);
  return next;
}

/** Checks a split, and opens both its sides. */
function childrenOf(node: OpenNode, data: NaiveRows, rules: NaiveRules & Precision): OpenNode[] {
  const { seen, rows, depth, splits, best } = node;
  if (!('feature' in seen)) throw new Error('a leaf has no children');
  const left = rows.filter((row) => seen.goesLeft(row));
  const same = splits.filter((split) => split.feature === seen.feature && sameRows(split.left, left));
  const gain = Math.max(...same.map((split) => split.gain));
  if (same.length === 0) throw new Error(`a split of ${left.length} from ${rows.length} rows is not allowed`);
  const slack = rules.precision * (1 + Math.abs(gain) + rules.minGain);
  if (gain < best - slack) throw new Error(`a split gains ${gain}, and another one ${best}`);
  if (gain < rules.minGain - slack) throw new Error(`a split gains ${gain}, less than ${rules.minGain}`);
  const right = rows.filter((row) => !seen.goesLeft(row));
  return [
    openNode(seen.left, data, left, depth + 1, rules, node.hopeless),
    openNode(seen.right, data, right, depth + 1, rules, node.hopeless),
  ];
}

function requireLeaf({ seen, rows }: OpenNode, data: NaiveRows, rules: NaiveRules & Precision): void {
  if ('feature' in seen) throw new Error(`a node of ${rows.length} rows is split beyond a limit`);
  const expected = leafValue(data, rows, rules);
  if (Math.abs(seen.value - expected) <= rules.precision * (1 + Math.abs(expected))) return;
  throw new Error(`a leaf of ${rows.length} rows is ${seen.value}, not ${expected}`);
}

/** What a leaf of these rows adds to their scores. */
export function leafValue(data: NaiveRows, rows: readonly number[], rules: NaiveRules): number {
  return rules.learningRate * stepOf(sumsOf(data, rows), rules);
}

/** All splits of rows that limits allow, or might. */
function splitsOf(data: NaiveRows, rows: readonly number[], rules: NaiveRules & Precision): NaiveSplit[] {
  return data.bins.flatMap((bins, feature) => {
    const missing = data.missingBin[feature];
    const hasMissing = missing !== undefined;
    const valued = rows.filter((row) => bins[row] !== missing);
    const lacking = rows.filter((row) => bins[row] === missing);
    // After each bin, and before all of them, which parts missing values from the others.
    const cuts = [-1, ...new Set(valued.map((row) => bins[row]))];
    return cuts.flatMap((cut) => {
      const below = valued.filter((row) => bins[row] <= cut);
      const above = valued.filter((row) => bins[row] > cut);
      // Missing values go to the side that is not counted.
      const fromBelow = splitOf(data, feature, below, [...above, ...lacking], 'left', rules);
      const fromAbove = splitOf(data, feature, [...below, ...lacking], above, 'right', rules);
      return [
        ...(hasMissing || !rules.fromAbove ? fromBelow : []),
        ...(hasMissing || rules.fromAbove ? fromAbove : []),
      ];
    });
  });
}

function splitOf(
  data: NaiveRows,
  feature: number,
  left: readonly number[],
  right: readonly number[],
  counted: 'left' | 'right',
  rules: NaiveRules & Precision,
): NaiveSplit[] {
  if (left.length === 0 || right.length === 0) return [];
  const [ofLeft, ofRight] = [sumsOf(data, left), sumsOf(data, right)];
  const count = left.length + right.length;
  const near = counted === 'left' ? left : right;
  const [fewest, most] = countsOf(data, feature, near, [...left, ...right], rules);
  const least = Math.min(ofLeft.hessian, ofRight.hessian);
  const { minSamples, minHessian, precision } = rules;
  const slack = precision * (1 + minHessian);
  const mayBe =
    least >= minHessian - slack && (minSamples === 0 || (most >= minSamples && count - fewest >= minSamples));
  if (!mayBe) return [];
  const sure =
    least >= minHessian + slack && (minSamples === 0 || (fewest >= minSamples && count - most >= minSamples));
  const whole = { gradient: ofLeft.gradient + ofRight.gradient, hessian: ofLeft.hessian + ofRight.hessian };
  const gain = scoreOf(ofLeft, rules) + scoreOf(ofRight, rules) - scoreOf(whole, rules);
  return [{ feature, left, right, gain, sure }];
}

/** Rows as LightGBM counts them: for each bin its part of the node's hessians, rounded. The fewest and the most that rounding allows. */
function countsOf(
  data: NaiveRows,
  feature: number,
  side: readonly number[],
  all: readonly number[],
  { minSamples, precision }: NaiveRules & Precision,
): [fewest: number, most: number] {
  if (minSamples === 0) return [0, 0];
  const bins = data.bins[feature];
  const total = sumsOf(data, all).hessian;
  const counts = [...new Set(side.map((row) => bins[row]))].map((bin) => {
    const ofBin = side.filter((row) => bins[row] === bin);
    const share = sumsOf(data, ofBin).hessian * (all.length / total);
    const slack = precision * (1 + share);
    return [Math.floor(share + 0.5 - slack), Math.floor(share + 0.5 + slack)] as const;
  });
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
  return [sum(counts.map(([fewest]) => fewest)), sum(counts.map(([, most]) => most))];
}

interface Sums {
  readonly gradient: number;
  readonly hessian: number;
}

function sumsOf({ gradients, hessians }: NaiveRows, rows: readonly number[]): Sums {
  const sum = (values: readonly number[]) => rows.reduce((total, row) => total + values[row], 0);
  return { gradient: sum(gradients), hessian: sum(hessians) };
}

/** What a step takes off the penalised loss at its best, doubled; where steps are limited, without the L1 penalty, as XGBoost has it. */
function scoreOf(sums: Sums, rules: NaiveRules): number {
  const step = stepOf(sums, rules);
  const penalty = rules.maxStep === 0 ? rules.alpha * Math.abs(step) : 0;
  return -2 * (sums.gradient * step + penalty) - (sums.hessian + rules.lambda) * step * step;
}

/** The step of the least penalised loss. */
function stepOf({ gradient, hessian }: Sums, { lambda, alpha, maxStep }: NaiveRules): number {
  if (Math.abs(gradient) <= alpha || hessian + lambda === 0) return 0;
  const step = -(gradient - Math.sign(gradient) * alpha) / (hessian + lambda);
  return maxStep === 0 ? step : Math.sign(step) * Math.min(maxStep, Math.abs(step));
}

function sameRows(a: readonly number[], b: readonly number[]): boolean {
  const others = new Set(b);
  return a.length === b.length && a.every((row) => others.has(row));
}
