import { Random } from './random';

/** Lists all rows, rising, in `rows` (u32[nRows]). */
export function listRows(nRows: u32, rows: usize): void {
  for (let row: u32 = 0; row < nRows; row++) store<u32>(rows + ((<usize>row) << 2), row);
}

/**
 * Draws each of `nRows` rows with the probability `share`: the rows drawn are
 * written to `drawn`, the others to `rest` (both u32[nRows]), and the number of
 * those drawn is returned.
 */
export function drawShare(random: Random, nRows: u32, share: f64, drawn: usize, rest: usize): u32 {
  let inside = drawn;
  let outside = rest;
  for (let row: u32 = 0; row < nRows; row++) {
    const step = (<usize>(random.fraction() < share)) << 2;
    store<u32>(inside, row);
    store<u32>(outside, row);
    inside += step;
    outside += 4 - step;
  }
  return <u32>((inside - drawn) >> 2);
}

/** Brings `count` of `n` items (u32[n]), drawn without replacement, to the front. */
export function drawItems(random: Random, items: usize, n: u32, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    const here = items + ((<usize>i) << 2);
    const there = items + ((<usize>(i + random.below(n - i))) << 2);
    const item = load<u32>(there);
    store<u32>(there, load<u32>(here));
    store<u32>(here, item);
  }
}
