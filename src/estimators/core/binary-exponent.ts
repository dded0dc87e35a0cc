const view = new DataView(new ArrayBuffer(8));

/** The exponent e of a finite number above 0 with 2^e <= value < 2^(e + 1), without the platform's logarithm. */
export function binaryExponent(value: number): number {
  view.setFloat64(0, value);
  const biased = view.getUint16(0) >> 4;
  // Denormals have no exponent of their own.
  return biased === 0 ? binaryExponent(value * 2 ** 54) - 54 : biased - 1023;
}
