/** The types of numbers that artifacts hold, by their safetensors names. */
interface TensorTypes {
  F64: Float64Array<ArrayBuffer>;
  F32: Float32Array<ArrayBuffer>;
  I64: BigInt64Array<ArrayBuffer>;
  I32: Int32Array<ArrayBuffer>;
  U32: Uint32Array<ArrayBuffer>;
  U16: Uint16Array<ArrayBuffer>;
  U8: Uint8Array<ArrayBuffer>;
}

export type Dtype = keyof TensorTypes;

/** The typed array of each type. */
export const TENSOR_ARRAYS: { readonly [D in Dtype]: ArrayConstructorOf<TensorTypes[D]> } = {
  F64: Float64Array,
  F32: Float32Array,
  I64: BigInt64Array,
  I32: Int32Array,
  U32: Uint32Array,
  U16: Uint16Array,
  U8: Uint8Array,
};

interface ArrayConstructorOf<A> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): A;
}

/** A typed array with its shape, row-major. */
export type Tensor = {
  [D in Dtype]: { readonly dtype: D; readonly shape: readonly number[]; readonly data: TensorTypes[D] };
}[Dtype];

/** Tensors by name. */
export type Tensors = Readonly<Record<string, Tensor>>;

export function tensor<D extends Dtype>(dtype: D, shape: readonly number[], data: TensorTypes[D]): Tensor {
  return { dtype, shape, data } as Tensor;
}

/**
 * The data of the tensor `name`, which must have that type and shape; -1 in
 * `shape` stands for any length.
 *
 * @throws RangeError when it is not there, or is not what it should be.
 */
export function dataOf<D extends Dtype>(
  tensors: Tensors,
  name: string,
  dtype: D,
  shape: readonly number[],
): TensorTypes[D] {
  const found = tensors[name];
  if (found === undefined) throw new RangeError(`tensor ${name} is missing`);
  const fits =
    found.shape.length === shape.length && shape.every((length, axis) => length === -1 || length === found.shape[axis]);
  if (found.dtype !== dtype || !fits) {
    throw new RangeError(`tensor ${name} is ${found.dtype}[${found.shape.join()}], not ${dtype}[${shape.join()}]`);
  }
  return found.data as TensorTypes[D];
}
