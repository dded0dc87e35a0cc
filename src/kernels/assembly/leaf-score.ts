// What leaves are worth, by the sums of the gradients and of the hessians of their rows.

/** What bounds splits and leaves. */
@unmanaged
export class Penalties {
  /** The L2 and L1 penalties on leaves. */
  lambda: f64;
  alpha: f64;
  /** The largest step of a leaf; 0: any. */
  maxStep: f64;
  /** The least sum of hessians of a child, above 0. */
  minHessian: f64;
  /** The fewest rows of a child; 0: any. */
  minSamples: f64;
  /** What the hessians of each side have more while cuts are compared, as LightGBM's have. */
  extra: f64;
  /** Whether scores are rounded to single precision, as XGBoost's are; 0: not. */
  single: f64;
}

/** What a leaf with these sums takes off the penalised loss, doubled. */
export function leafScore(gradient: f64, hessian: f64, penalties: Penalties): f64 {
  const h = hessian + penalties.lambda;
  if (penalties.maxStep == 0) {
    if (!(h > 0)) return 0;
    const g = shrunk(gradient, penalties.alpha);
    const squared = g * g;
    // Very heavy rows, which single precision cannot square, are not refused.
    if (penalties.single == 0 || squared > <f64>f32.MAX_VALUE) return squared / h;
    return <f64>(<f32>squared / <f32>h);
  }
  // XGBoost leaves the L1 penalty out here (CalcGainGivenWeight in its param.h).
  const step = leafStep(gradient, hessian, penalties);
  if (penalties.single == 0) return -(2 * gradient * step + h * step * step);
  const rest = <f32>step;
  const doubled: f32 = <f32>2 * <f32>gradient;
  const score: f32 = doubled * rest + <f32>h * (rest * rest);
  return -(<f64>score);
}

/** A score in the precision that scores are compared in. */
export function rounded(score: f64, penalties: Penalties): f64 {
  return penalties.single != 0 ? <f64>(<f32>score) : score;
}

/** The step of a leaf with these sums, the best one that the penalties allow. */
export function leafStep(gradient: f64, hessian: f64, penalties: Penalties): f64 {
  const h = hessian + penalties.lambda;
  if (!(h > 0)) return 0;
  const step = -shrunk(gradient, penalties.alpha) / h;
  const most = penalties.maxStep;
  return most == 0 ? step : max(-most, min(most, step));
}

/** Brings a gradient towards 0 by `alpha`, and no further. */
function shrunk(gradient: f64, alpha: f64): f64 {
  const rest = max(0, abs(gradient) - alpha);
  return gradient < 0 ? -rest : rest;
}

/** LightGBM's estimate of the rows of a bin, which keeps no counts. */
export function rowsOf(hessian: f64, perHessian: f64): f64 {
  return floor(hessian * perHessian + 0.5);
}
