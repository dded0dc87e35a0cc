import type { Placed, Workspace } from '../../src/kernels/workspace.js';

export const BLOCK = 64;

/** How rows are stored and computed with. */
export type Mode = '32' | '64' | 'Mixed';

export function stored(workspace: Workspace, mode: Mode, length: number): Placed<Float32Array | Float64Array> {
  return mode === '64' ? workspace.f64(length) : workspace.f32(length);
}

export function computed(workspace: Workspace, mode: Mode, length: number): Placed<Float32Array | Float64Array> {
  return mode === '32' ? workspace.f32(length) : workspace.f64(length);
}

/** The address of row `row`, feature `feature` in blocks of `width` features. */
export function placeOf(row: number, feature: number, width: number): number {
  const lane = row % BLOCK;
  return (row - lane) * width + feature * BLOCK + lane;
}
