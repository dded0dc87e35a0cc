import { clearBlock } from './blocks';
import { xlogx } from './entropy';
import { classStride, currentSamples, Growth } from './growth';

/**
 * A row as one word: its weight, and above it (<< 32) the weight again if it is
 * of the second of two classes, so that one addition sums both; of more classes,
 * its class.
 */
export function sampleOf(weight: u32, label: u32, nClasses: u32): u64 {
  const high = nClasses == 2 ? weight * label : label;
  return (<u64>weight) | ((<u64>high) << 32);
}

/** The class of a sample of positive weight. */
export function labelOf(sample: u64, nClasses: u32): u32 {
  const high = <u32>(sample >> 32);
  return nClasses == 2 ? <u32>(high != 0) : high;
}

/** Sums up the samples of the current node, and returns whether they are of a single class. */
export function sumSamples(g: Growth): bool {
  return g.nClasses == 2 ? sumBinary(g) : sumClasses(g);
}

function sumBinary(g: Growth): bool {
  const samples = currentSamples(g);
  const count = <usize>g.current.count;
  let total: u64 = 0;
  for (let i: usize = 0; i < count; i++) total += load<u64>(samples + (i << 3));
  const weight = <f64>(<u32>total);
  const second = <f64>(<u32>(total >> 32));
  g.weight = weight;
  g.second = second;
  if (g.entropy) g.entropies = xlogx(second, g.xlogx) + xlogx(weight - second, g.xlogx);
  return second == 0 || second == weight;
}

function sumClasses(g: Growth): bool {
  const samples = currentSamples(g);
  const count = <usize>g.current.count;
  const totals = g.totals;
  clearBlock(totals, classStride(g.nClasses));
  for (let i: usize = 0; i < count; i++) {
    const sample = load<u64>(samples + (i << 3));
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
