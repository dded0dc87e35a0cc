/** A symmetric positive definite matrix as L Lᵀ, to solve with. */
export class Cholesky {
  readonly #size: number;
  /** Shape: size x size, row-major; the lower triangle is L. */
  readonly #lower: Float64Array;

  /**
   * Factorises `matrix` (shape: size x size) in place. A pivot of at most
   * `floor` is raised to it: what is nearly dependent on what came before is
   * taken as if it were not.
   */
  constructor(matrix: Float64Array, size: number, floor: number) {
    for (let i = 0; i < size; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = matrix[i * size + j];
        for (let k = 0; k < j; k++) sum -= matrix[i * size + k] * matrix[j * size + k];
        matrix[i * size + j] = i === j ? Math.sqrt(Math.max(sum, floor)) : sum / matrix[j * size + j];
      }
    }
    this.#size = size;
    this.#lower = matrix;
  }

  /** Solves for the `size` numbers of `vector` from `from` on, in place. */
  solve(vector: Float64Array, from: number): void {
    const [size, lower] = [this.#size, this.#lower];
    for (let i = 0; i < size; i++) {
      let sum = vector[from + i];
      for (let j = 0; j < i; j++) sum -= lower[i * size + j] * vector[from + j];
      vector[from + i] = sum / lower[i * size + i];
    }
    for (let i = size - 1; i >= 0; i--) {
      const value = (vector[from + i] /= lower[i * size + i]);
      for (let j = 0; j < i; j++) vector[from + j] -= lower[i * size + j] * value;
    }
  }
}
