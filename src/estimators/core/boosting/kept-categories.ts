/** LightGBM's share of rows whose categories are kept in any case, in single precision. */
const SHARE = Math.fround(0.99);

/**
 * How many categories have bins of their own, as LightGBM has it (`BinMapper::FindBin`
 * in its bin.cpp): the most frequent ones that 99 % of the rows have, and more as
 * long as there are bins left; but from the third one on, none of too few rows.
 *
 * @param counts shape: n_categories, falling, how many rows have each
 * @param nMissing the rows that have none
 * @param maxBins the most bins that are filled beyond 99 %, that of all others included
 * @param minInBin the fewest rows of a category, at least 1
 */
export function keptCategories(counts: Uint32Array, nMissing: number, maxBins: number, minInBin: number): number {
  const nRows = counts.reduce((sum, count) => sum + count, 0);
  const nUsed = counts.reduce((n, count) => n + (count > 0 ? 1 : 0), 0);
  const enough = Math.floor(Math.fround(Math.fround(nRows) * SHARE) + 0.5);
  const most = Math.min(maxBins, nUsed + (nMissing > 0 ? 1 : 0)) - 1;
  let kept = 0;
  for (let covered = 0; kept < nUsed && (covered < enough || kept < most); kept++) {
    if (counts[kept] < minInBin && kept > 1) break;
    covered += counts[kept];
  }
  return kept;
}
