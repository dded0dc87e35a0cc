import { readFileSync } from 'node:fs';
import type { BoostingKernels } from './boosting-kernels.js';
import type { LinearKernels } from './linear-kernels.js';
import type { NeighbourKernels } from './neighbour-kernels.js';
import type { ObliviousKernels } from './oblivious-kernels.js';
import type { StatisticsKernels } from './statistics-kernels.js';
import type { TreeKernels } from './tree-kernels.js';

/**
 * The exports of the WebAssembly module, compiled from `assembly/`. Addresses are
 * bytes from the start of the memory; each kernel's own file documents it.
 */
export interface Kernels
  extends BoostingKernels, LinearKernels, NeighbourKernels, ObliviousKernels, StatisticsKernels, TreeKernels {
  heapBase(): number;
}

let compiled: WebAssembly.Module | undefined;

/** Compiles the module, once in a thread; a server does that before anybody waits for it. */
export function compileKernels(): WebAssembly.Module {
  return (compiled ??= new WebAssembly.Module(readFileSync(new URL('./kernels.wasm', import.meta.url))));
}

/** Instantiates the module on `memory`; the compiled code is shared by all instances of a thread. */
export function instantiateKernels(memory: WebAssembly.Memory): Kernels {
  const abort = (): never => {
    throw new Error('a kernel has aborted');
  };
  const { exports } = new WebAssembly.Instance(compileKernels(), { env: { memory, abort } });
  return exports as unknown as Kernels;
}
