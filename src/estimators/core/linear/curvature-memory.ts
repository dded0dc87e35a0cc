import { addScaled, dot } from './vector.js';

/** Applies a first approximation of the inverse Hessian to `vector`, in place: symmetric, positive definite. */
export type InverseHessian = (vector: Float64Array) => void;

/** Steps that are remembered: more than usual, since they cost little beside reading the rows. */
export const MEMORY = 20;

interface Pair {
  /** The step from one point to the next. */
  readonly s: Float64Array;
  /** What the gradient changed by. */
  readonly y: Float64Array;
  readonly sy: number;
}

/**
 * The last steps and changes of the gradient, which tell of the curvature:
 * the memory of L-BFGS (Nocedal and Wright, "Numerical Optimization", 2nd
 * edition, section 7.2).
 */
export class CurvatureMemory {
  readonly #capacity: number;
  readonly #inverseHessian: InverseHessian;
  #pairs: Pair[] = [];
  /** What the first approximation is to be multiplied by, after the last step. */
  #scale = 1;

  constructor(inverseHessian: InverseHessian, capacity = MEMORY) {
    this.#inverseHessian = inverseHessian;
    this.#capacity = capacity;
  }

  get isEmpty(): boolean {
    return this.#pairs.length === 0;
  }

  /** Learns from the step `s`; one along which the gradient did not rise tells nothing. */
  add(s: Float64Array, y: Float64Array): void {
    const sy = dot(s, y);
    const hy = Float64Array.from(y);
    this.#inverseHessian(hy);
    const yhy = dot(y, hy);
    if (!(sy > 1e-14 * Math.sqrt(dot(s, s) * dot(y, y))) || !(yhy > 0)) return;
    this.#pairs.push({ s, y, sy });
    if (this.#pairs.length > this.#capacity) this.#pairs.shift();
    this.#scale = sy / yhy;
  }

  /** The memory of the parameters that `mask` is not 0 for, as if there were no others. */
  restrictedTo(mask: Uint8Array): CurvatureMemory {
    const restricted = new CurvatureMemory(this.#inverseHessian, this.#capacity);
    const only = (vector: Float64Array) => vector.map((value, i) => (mask[i] === 0 ? 0 : value));
    for (const { s, y } of this.#pairs) restricted.add(only(s), only(y));
    return restricted;
  }

  forget(): void {
    this.#pairs = [];
    this.#scale = 1;
  }

  /** Turns a gradient, in place, into the quasi-Newton step against it (algorithm 7.4). */
  toStep(gradient: Float64Array): void {
    const pairs = this.#pairs;
    const alphas = pairs.map(() => 0);
    for (let k = pairs.length - 1; k >= 0; k--) {
      alphas[k] = dot(pairs[k].s, gradient) / pairs[k].sy;
      addScaled(gradient, -alphas[k], pairs[k].y);
    }
    this.#inverseHessian(gradient);
    for (let i = 0; i < gradient.length; i++) gradient[i] *= this.#scale;
    for (let k = 0; k < pairs.length; k++) {
      const beta = dot(pairs[k].y, gradient) / pairs[k].sy;
      addScaled(gradient, alphas[k] - beta, pairs[k].s);
    }
    for (let i = 0; i < gradient.length; i++) gradient[i] = -gradient[i];
  }
}
