/**
 * The step of a walk around `n` places that reaches all of them, and of which
 * every beginning is spread evenly: their golden section, or just above.
 */
export function goldenStep(n: number): number {
  for (let step = Math.max(1, Math.round(n * 0.6180339887498949)); step < n; step++) {
    if (greatestCommonDivisor(n, step) === 1) return step;
  }
  return 1;
}

function greatestCommonDivisor(a: number, b: number): number {
  while (b > 0) [a, b] = [b, a % b];
  return a;
}
