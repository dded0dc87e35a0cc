import { clearBlock } from './blocks';
import { xlogx } from './entropy';
import { classStride, Growth } from './growth';

/**
 * A row as one word: its weight, and above it (<< 32) the weight again if it is
 * of the second of two classes, so that one addition sums both; of more classes,
 * its class.
 */
export function sampleOf(weight: u32, label: u32, nClasses: u32): u64 {
  const high = nClasses == 2 ? weight * label : label;
  return (<u64>weight) | ((<u64>high) << 32);
}

/**
 * Brings the samples of the current node together, once for all features, and
 * sums them up. Returns whether they are of a single class.
 */
export function gather(g: Growth): bool {
  return g.nClasses == 2 ? gatherBinary(g) : gatherClasses(g);
}

function gatherBinary(g: Growth): bool {
  const rows = g.rows + ((<usize>g.current.begin) << 2);
  const count = <usize>g.current.count;
  let total: u64 = 0;
  for (let i: usize = 0; i < count; i++) {
    const sample = load<u64>(g.samples + ((<usize>load<u32>(rows + (i << 2))) << 3));
    store<u64>(g.gathered + (i << 3), sample);
    total += sample;
  }
  const weight = <f64>(<u32>total);
  const second = <f64>(<u32>(total >> 32));
  g.weight = weight;
  g.second = second;
  if (g.entropy) g.entropies = xlogx(second, g.xlogx) + xlogx(weight - second, g.xlogx);
  return second == 0 || second == weight;
}

function gatherClasses(g: Growth): bool {
  const rows = g.rows + ((<usize>g.current.begin) << 2);
  const count = <usize>g.current.count;
  const totals = g.totals;
  clearBlock(totals, classStride(g.nClasses));
  for (let i: usize = 0; i < count; i++) {
    const sample = load<u64>(g.samples + ((<usize>load<u32>(rows + (i << 2))) << 3));
    store<u64>(g.gathered + (i << 3), sample);
    const total = totals + ((<usize>(sample >> 32)) << 2);
    store<u32>(total, load<u32>(total) + <u32>sample);
  }
  let weight: u64 = 0;
  let squares: u64 = 0;
  let entropies: f64 = 0;
  let nPresent: u32 = 0;
  for (let k: usize = 0; k < <usize>g.nClasses; k++) {
    const total = <u64>load<u32>(totals + (k << 2));
    weight += total;
    squares += total * total;
    if (g.entropy) entropies += xlogx(<f64>total, g.xlogx);
    nPresent += <u32>(total > 0);
  }
  g.weight = <f64>weight;
  g.squares = squares;
  g.entropies = entropies;
  return nPresent == 1;
}
