import { addScaled, dot } from './vector.js';

/** Applies a first approximation of the inverse Hessian to `vector`, in place: symmetric, positive definite. */
export type InverseHessian = (vector: Float64Array) => void;

/** Steps that are remembered: more than usual, since they cost little beside reading the rows. */
const CAPACITY = 20;

interface Pair {
  /** The step from one point to the next. */
  readonly s: Float64Array;
  /** What the gradient changed by. */
  readonly y: Float64Array;
  sy: number;
}

/**
 * The last steps and changes of the gradient, which tell of the curvature:
 * the memory of L-BFGS (Nocedal and Wright, "Numerical Optimization", 2nd
 * edition, section 7.2). Its vectors are made once and written over.
 */
export class CurvatureMemory {
  /** The vectors that it keeps at the most; as many again once it has been restricted. */
  static readonly vectors = 2 * (CAPACITY + 1) + 1;

  readonly #inverseHessian: InverseHessian;
  readonly #pairs: Pair[] = [];
  /** To be written over. */
  readonly #spare: Pair[] = [];
  #scratch: Float64Array | undefined;
  #restricted: CurvatureMemory | undefined;
  /** What the first approximation is to be multiplied by, after the last step. */
  #scale = 1;

  constructor(inverseHessian: InverseHessian) {
    this.#inverseHessian = inverseHessian;
  }

  get isEmpty(): boolean {
    return this.#pairs.length === 0;
  }

  /** Learns from the step `s`; one along which the gradient did not rise tells nothing. */
  add(s: Float64Array, y: Float64Array): void {
    const pair = this.#blank(s.length);
    pair.s.set(s);
    pair.y.set(y);
    this.#learn(pair);
  }

  /** The memory of the parameters that `mask` is not 0 for, as if there were no others; good until the next call. */
  restrictedTo(mask: Uint8Array): CurvatureMemory {
    const restricted = (this.#restricted ??= new CurvatureMemory(this.#inverseHessian));
    restricted.forget();
    for (const { s, y } of this.#pairs) {
      const pair = restricted.#blank(mask.length);
      for (let i = 0; i < mask.length; i++) {
        pair.s[i] = mask[i] === 0 ? 0 : s[i];
        pair.y[i] = mask[i] === 0 ? 0 : y[i];
      }
      restricted.#learn(pair);
    }
    return restricted;
  }

  forget(): void {
    this.#spare.push(...this.#pairs.splice(0));
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

  #blank(size: number): Pair {
    return this.#spare.pop() ?? { s: new Float64Array(size), y: new Float64Array(size), sy: 0 };
  }

  #learn(pair: Pair): void {
    const { s, y } = pair;
    const hy = (this.#scratch ??= new Float64Array(y.length));
    hy.set(y);
    this.#inverseHessian(hy);
    pair.sy = dot(s, y);
    const yhy = dot(y, hy);
    if (!(pair.sy > 1e-14 * Math.sqrt(dot(s, s) * dot(y, y))) || !(yhy > 0)) {
      this.#spare.push(pair);
      return;
    }
    this.#scale = pair.sy / yhy;
    this.#pairs.push(pair);
    if (this.#pairs.length > CAPACITY) this.#spare.push(...this.#pairs.splice(0, 1));
  }
}
