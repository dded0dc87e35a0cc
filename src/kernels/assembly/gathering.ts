import { xlogx } from './entropy';
import { Growth } from './growth';

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
  if (g.entropy) g.classSum = xlogx(second, g.xlogx) + xlogx(weight - second, g.xlogx);
  return second == 0 || second == weight;
}

function gatherClasses(g: Growth): bool {
  const rows = g.rows + ((<usize>g.current.begin) << 2);
  const count = <usize>g.current.count;
  const nClasses = <usize>g.nClasses;
  for (let k: usize = 0; k < nClasses; k++) store<f64>(g.totals + (k << 3), 0);
  for (let i: usize = 0; i < count; i++) {
    const sample = load<u64>(g.samples + ((<usize>load<u32>(rows + (i << 2))) << 3));
    store<u64>(g.gathered + (i << 3), sample);
    const total = g.totals + ((<usize>(sample >> 32)) << 3);
    store<f64>(total, load<f64>(total) + <f64>(<u32>sample));
  }
  let weight: f64 = 0;
  let classSum: f64 = 0;
  let nPresent: u32 = 0;
  for (let k: usize = 0; k < nClasses; k++) {
    const total = load<f64>(g.totals + (k << 3));
    weight += total;
    classSum += g.entropy ? xlogx(total, g.xlogx) : total * total;
    nPresent += <u32>(total > 0);
  }
  g.weight = weight;
  g.classSum = classSum;
  return nPresent == 1;
}
