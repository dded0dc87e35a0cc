import { Random } from './random';

/** Draws `nDraws` of `nRows` rows, with replacement, and adds to `counts` (u32[nRows]) how often each came. */
export function drawRows(random: Random, nRows: u32, nDraws: u32, counts: usize): void {
  for (let i: u32 = 0; i < nDraws; i++) {
    const count = counts + ((<usize>random.below(nRows)) << 2);
    store<u32>(count, load<u32>(count) + 1);
  }
}

/** Does so with chances in proportion to weights above 0, whose running sums are `sums` (f64[nRows]). */
export function drawWeightedRows(random: Random, sums: usize, nRows: u32, nDraws: u32, counts: usize): void {
  const total = load<f64>(sums + ((<usize>(nRows - 1)) << 3));
  for (let i: u32 = 0; i < nDraws; i++) {
    const at = random.fraction() * total;
    // The first row whose running sum is above: it lies in [low, high].
    let low: u32 = 0;
    let high = nRows - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (load<f64>(sums + ((<usize>middle) << 3)) > at) high = middle;
      else low = middle + 1;
    }
    const count = counts + ((<usize>low) << 2);
    store<u32>(count, load<u32>(count) + 1);
  }
}
