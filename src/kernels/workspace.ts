import { instantiateKernels, type Kernels } from './kernels.js';

const PAGE_BYTES = 65_536;
/** The most that 32-bit addresses reach. */
const MAX_BYTES = 65_536 * PAGE_BYTES;
/** Wide enough for every SIMD load. */
const ALIGNMENT = 16;

/** A typed array in a workspace, with the address that kernels know it by. */
export type Placed<A> = A & { readonly address: number };

/**
 * One linear memory with its kernels, laid out once: arrays are placed one after
 * the other, and all of them go when the workspace is dropped. It never grows,
 * since a memory that grows detaches every view of it.
 */
export class Workspace {
  readonly kernels: Kernels;
  readonly #buffer: ArrayBuffer;
  #next: number;

  /**
   * @param bytes what will be placed in it, with `Workspace.sizeOf` for each array
   * @throws RangeError when that is more than a memory can have.
   */
  constructor(bytes: number) {
    // Room for the module's own data, which is far below a page.
    const total = bytes + PAGE_BYTES;
    if (total > MAX_BYTES) throw new RangeError(`Array buffer allocation failed: ${total} bytes of kernel memory`);
    const pages = Math.ceil(total / PAGE_BYTES);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    this.#buffer = memory.buffer;
    this.kernels = instantiateKernels(memory);
    this.#next = aligned(this.kernels.heapBase());
  }

  /** The bytes that an array of `length` elements of `width` bytes takes. */
  static sizeOf(length: number, width: number): number {
    return aligned(length * width);
  }

  /** The bytes of the memory in all. */
  get byteLength(): number {
    return this.#buffer.byteLength;
  }

  f64(length: number): Placed<Float64Array<ArrayBuffer>> {
    return placed(new Float64Array(this.#buffer, this.#place(length * 8), length));
  }

  f32(length: number): Placed<Float32Array<ArrayBuffer>> {
    return placed(new Float32Array(this.#buffer, this.#place(length * 4), length));
  }

  i32(length: number): Placed<Int32Array<ArrayBuffer>> {
    return placed(new Int32Array(this.#buffer, this.#place(length * 4), length));
  }

  u32(length: number): Placed<Uint32Array<ArrayBuffer>> {
    return placed(new Uint32Array(this.#buffer, this.#place(length * 4), length));
  }

  u16(length: number): Placed<Uint16Array<ArrayBuffer>> {
    return placed(new Uint16Array(this.#buffer, this.#place(length * 2), length));
  }

  i16(length: number): Placed<Int16Array<ArrayBuffer>> {
    return placed(new Int16Array(this.#buffer, this.#place(length * 2), length));
  }

  u8(length: number): Placed<Uint8Array<ArrayBuffer>> {
    return placed(new Uint8Array(this.#buffer, this.#place(length), length));
  }

  #place(bytes: number): number {
    const address = this.#next;
    this.#next = aligned(address + bytes);
    if (this.#next > this.#buffer.byteLength)
      throw new RangeError('the workspace is too small for what is placed in it');
    return address;
  }
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

function placed<A extends { readonly byteOffset: number }>(array: A): Placed<A> {
  return Object.assign(array, { address: array.byteOffset });
}
