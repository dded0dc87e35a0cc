import type { Metric } from 'ml-knn';

/**
 * The distance of order `p` (1 or 2) over the first `nFeatures` values, for
 * p = 2 its square, which orders alike. The package's own distance takes the
 * length of its arguments, and has none for the tree's splitting planes, so
 * that it would search every branch.
 */
export function minkowski(p: number, nFeatures: number): Metric {
  if (p === 1) {
    return (a, b) => {
      let sum = 0;
      for (let j = 0; j < nFeatures; j++) sum += Math.abs(a[j] - b[j]);
      return sum;
    };
  }
  return (a, b) => {
    let sum = 0;
    for (let j = 0; j < nFeatures; j++) sum += (a[j] - b[j]) * (a[j] - b[j]);
    return sum;
  };
}

/** The distance itself, of what `minkowski(p)` gave. */
export function toDistance(p: number, measured: number): number {
  return p === 1 ? measured : Math.sqrt(measured);
}
