/** All of the rows, or one of every so many: at most `most` of them, rising. */
export function spreadRows(nRows: number, most: number): Uint32Array {
  const length = Math.min(nRows, most);
  return Uint32Array.from({ length }, (_, i) => {
    // Not the same place in every stretch, lest the rows come in periods.
    const within = length === nRows ? 0 : ((i * 0x9e3779b1) >>> 0) / 2 ** 32;
    return Math.floor(((i + within) * nRows) / length);
  });
}
