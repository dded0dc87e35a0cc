/** What the engine uses of ml-knn, which has no types of its own. */
declare module 'ml-knn' {
  /** A distance; `a` may also be an object whose own keys are the indexes. */
  export type Metric = (a: ArrayLike<number>, b: ArrayLike<number>) => number;

  export interface KdNode {
    obj: ArrayLike<number>;
    left: KdNode | null;
    right: KdNode | null;
    /** Index into the tree's dimensions. */
    dimension: number;
  }

  export interface KdTree {
    readonly root: KdNode;
    readonly dimensions: number[];
    /** The nearest points with their distances, in no order; earlier points do not win ties. */
    nearest(point: ArrayLike<number>, count: number): [point: ArrayLike<number>, distance: number][];
  }

  export interface KnnModel {
    readonly name: 'KNN';
    readonly kdTree: KdNode & { readonly dimensions: number[] };
    readonly k: number;
    readonly classes: number[];
    readonly isEuclidean: boolean;
  }

  export default class KNN {
    constructor(dataset: number[][], labels: number[], options: { k?: number; distance?: Metric });
    static load(model: KnnModel, distance: Metric): KNN;
    readonly kdTree: KdTree;
  }
}
