import { goldenStep } from '../golden-step.js';

/** Rows that stay together: they are copied at once. */
const RUN = 8;

/**
 * The rows to train on, those with a weight above 0, in an order of which every
 * beginning is spread evenly over all of them: runs of a few rows, in steps of
 * the golden section around the ring of runs. A sample is then a beginning, and
 * no random numbers are needed; labels that are sorted do no harm.
 */
export function rowOrder(nSamples: number, sampleWeight?: Float64Array): Uint32Array {
  const rows = new Uint32Array(nSamples);
  let n = 0;
  for (let i = 0; i < nSamples; i++) if (sampleWeight === undefined || sampleWeight[i] > 0) rows[n++] = i;

  const runs = Math.ceil(n / RUN);
  const step = goldenStep(runs);
  const order = new Uint32Array(n);
  for (let run = 0, at = 0, position = 0; run < runs; run++) {
    const end = Math.min(n, (at + 1) * RUN);
    for (let i = at * RUN; i < end; i++) order[position++] = rows[i];
    at += step;
    if (at >= runs) at -= runs;
  }
  return order;
}
