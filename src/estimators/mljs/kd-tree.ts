import KNN, { type KdNode, type KdTree, type Metric } from 'ml-knn';

/** Training rows as the package's tree holds them: the features, then the number of the row. */
type Point = ArrayLike<number>;

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

/** Makes the package's tree of the rows in the order that `kdOrder` gave. */
export function kdTree(x: Float64Array, nFeatures: number, order: Uint32Array, metric: Metric): KdTree {
  let at = 0;
  const build = (size: number, depth: number): KdNode | null => {
    if (size === 0) return null;
    const obj = pointOf(x, nFeatures, order[at++]);
    const left = Math.floor(size / 2);
    return {
      obj,
      dimension: depth % nFeatures,
      left: build(left, depth + 1),
      right: build(size - 1 - left, depth + 1),
    };
  };
  const root = build(order.length, 0);
  if (root === null) throw new RangeError('a k-d tree needs rows');
  const dimensions = Array.from({ length: nFeatures }, (_, feature) => feature);
  return KNN.load({ name: 'KNN', kdTree: { ...root, dimensions }, k: 1, classes: [], isEuclidean: false }, metric)
    .kdTree;
}

function pointOf(x: Float64Array, nFeatures: number, row: number): number[] {
  return [...x.subarray(row * nFeatures, (row + 1) * nFeatures), row];
}
