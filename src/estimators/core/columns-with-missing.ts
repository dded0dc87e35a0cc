/** Flags (shape: nFeatures) of the columns of `x` (shape: rows x nFeatures) that hold a NaN. */
export function columnsWithMissing(x: Float64Array, nFeatures: number): Uint8Array {
  const missing = new Uint8Array(nFeatures);
  for (let at = 0; at < x.length; at += nFeatures) {
    for (let column = 0; column < nFeatures; column++) {
      if (Number.isNaN(x[at + column])) missing[column] = 1;
    }
  }
  return missing;
}
