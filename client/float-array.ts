/** Packed floating-point numbers; a view of a larger buffer is fine. */
export type FloatArray = Float32Array | Float64Array;
