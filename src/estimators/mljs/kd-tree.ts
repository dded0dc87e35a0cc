import type { InParts } from '../in-parts.js';
import KNN, { type KdNode, type KdTree, type Metric } from 'ml-knn';

/** Training rows as the package's tree holds them: the features, then the number of the row. */
type Point = ArrayLike<number>;

/** How many nodes are made at a time. */
const NODES = 256;
/** A node with its point, and a value of the point, as measured. */
const NODE_BYTES = 110;
const VALUE_BYTES = 8;

/** The number of the row that `point` is. */
export function rowOf(point: Point, nFeatures: number): number {
  return point[nFeatures];
}

/**
 * Builds the package's k-d tree over `x` (shape: n_samples x nFeatures), and
 * returns its rows in pre-order. The package halves the rows at the median, so
 * the shape of the tree follows from their number, and the order is all there is
 * to keep of it.
 */
export function kdOrder(x: Float64Array, nFeatures: number, metric: Metric): Uint32Array<ArrayBuffer> {
  const nSamples = x.length / nFeatures;
  const points = Array.from({ length: nSamples }, (_, row) => pointOf(x, nFeatures, row));
  // The first point tells the package the dimensions: without a row number, the
  // tree does not split by it, as it would by the labels that it asks for.
  points[0].pop();
  const { root } = new KNN(points, [], { distance: metric }).kdTree;

  const order = new Uint32Array(nSamples);
  let at = 0;
  const visit = (node: KdNode | null) => {
    if (node === null) return;
    order[at++] = rowOf(node.obj, nFeatures) ?? 0;
    visit(node.left);
    visit(node.right);
  };
  visit(root);
  return order;
}

/** Makes the package's tree of the rows in the order that `kdOrder` gave, in parts. */
export function* kdTree(x: Float64Array, nFeatures: number, order: Uint32Array, metric: Metric): InParts<KdTree> {
  if (order.length === 0) throw new RangeError('a k-d tree needs rows');
  const nodeOf = (at: number, depth: number): KdNode => {
    const obj = pointOf(x, nFeatures, order[at]);
    return { obj, dimension: depth % nFeatures, left: null, right: null };
  };
  const dimensions = Array.from({ length: nFeatures }, (_, feature) => feature);
  const root = { ...nodeOf(0, 0), dimensions };
  // The package would go through all nodes at once; the others come to its tree later.
  const { kdTree: tree } = KNN.load({ name: 'KNN', kdTree: root, k: 1, classes: [], isEuclidean: false }, metric);

  const open = [{ node: tree.root, at: 0, size: order.length, depth: 0 }];
  for (let next = open.pop(), n = 1; next !== undefined; next = open.pop(), n++) {
    if (n % NODES === 0) yield;
    const { node, at, size, depth } = next;
    const nLeft = Math.floor(size / 2);
    const nRight = size - 1 - nLeft;
    if (nRight > 0) {
      node.right = nodeOf(at + 1 + nLeft, depth + 1);
      open.push({ node: node.right, at: at + 1 + nLeft, size: nRight, depth: depth + 1 });
    }
    if (nLeft > 0) {
      node.left = nodeOf(at + 1, depth + 1);
      open.push({ node: node.left, at: at + 1, size: nLeft, depth: depth + 1 });
    }
  }
  return tree;
}

/** The bytes of such a tree on the heap, as measured. */
export function kdTreeBytes(nSamples: number, nFeatures: number): number {
  return nSamples * (NODE_BYTES + VALUE_BYTES * nFeatures);
}

function pointOf(x: Float64Array, nFeatures: number, row: number): number[] {
  const from = row * nFeatures;
  // Of its length from the start: what grows to it takes three times the memory.
  return Array.from({ length: nFeatures + 1 }, (_, j) => (j < nFeatures ? x[from + j] : row));
}
