import { readFileSync } from 'node:fs';

/**
 * The exports of the WebAssembly module, compiled from `assembly/`. Addresses are
 * bytes from the start of the memory; each kernel's own file documents it.
 */
export interface Kernels {
  heapBase(): number;

  // Nearest neighbours: distance, top-k, exact-scan, filter-scan.
  squaredDistance(a: number, b: number, n: number): number;
  manhattanDistance(a: number, b: number, n: number): number;
  offerNeighbour(distances: number, rows: number, k: number, distance: number, row: number): number;
  sortNeighbours(distances: number, rows: number, k: number): void;
  scanExactly(search: number, from: number, to: number, pair: number, first: number, second: number, p: number): void;
  scanQuad: FilterScan;
  scanOne: FilterScan;
}

/** A scan of rounded rows for the queries from `query` on; returns the distances taken. */
type FilterScan = (
  search: number,
  blocks: number,
  from: number,
  to: number,
  pairs: number,
  rounded: number,
  query: number,
) => number;

let compiled: WebAssembly.Module | undefined;

/** Instantiates the module on `memory`; the compiled code is shared by all instances of a thread. */
export function instantiateKernels(memory: WebAssembly.Memory): Kernels {
  compiled ??= new WebAssembly.Module(readFileSync(new URL('./kernels.wasm', import.meta.url)));
  const abort = (): never => {
    throw new Error('a kernel has aborted');
  };
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory, abort } });
  return exports as unknown as Kernels;
}
