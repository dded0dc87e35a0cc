import { Workspace } from '../../../kernels/workspace.js';

/** The natural logarithm, the same on every machine. */
export type Logarithm = (x: number) => number;

export function logarithm(): Logarithm {
  const { kernels } = new Workspace(0);
  return (x) => kernels.log2(x) * Math.LN2;
}

/** e^x, the same on every machine. */
export function exponential(x: number): number {
  const workspace = new Workspace(Workspace.sizeOf(2, 8));
  const place = workspace.f64(2);
  place[0] = x;
  workspace.kernels.exponentials64(place.address, 2);
  return place[0];
}
