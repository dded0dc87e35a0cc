const ITERATIONS = 40;

/**
 * The largest eigenvalue of ZᵀZ for `z` of shape n_rows x nColumns, row-major,
 * by the power method (Golub and Van Loan, "Matrix Computations", 4th edition,
 * section 7.3.1). It comes from below, by a few per cent at most where it counts:
 * a step size that is safe with half of the eigenvalue is safe with this.
 */
export function largestEigenvalue(z: Float64Array, nColumns: number): number {
  // Any start will do that is not orthogonal to the eigenvector; this one has no pattern.
  let vector = Float64Array.from({ length: nColumns }, (_, j) => 0.5 + ((j * 0.6180339887498949) % 1));
  let eigenvalue = 0;
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const product = new Float64Array(nColumns);
    for (let row = 0; row < z.length; row += nColumns) {
      let dot = 0;
      for (let j = 0; j < nColumns; j++) dot += z[row + j] * vector[j];
      for (let j = 0; j < nColumns; j++) product[j] += dot * z[row + j];
    }
    const length = (v: Float64Array) => Math.sqrt(v.reduce((sum, value) => sum + value * value, 0));
    eigenvalue = length(product) / length(vector);
    if (eigenvalue === 0) return 0;
    const norm = length(product);
    vector = product.map((value) => value / norm);
  }
  return eigenvalue;
}
