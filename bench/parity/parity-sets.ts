import { BenchmarkError } from '../benchmark.js';
import { type DataSets, loadDataSets } from '../data/data-sets.js';
import { clusters } from '../data/generators/clusters.js';
import { hastie } from '../data/generators/hastie.js';
import { led } from '../data/generators/led.js';
import { moons } from '../data/generators/moons.js';
import { ringnorm } from '../data/generators/ringnorm.js';
import { waveform } from '../data/generators/waveform.js';
import type { DataSet } from '../data/data-set.js';
import { wordsSet } from '../data/words-set.js';
import { withGaps, withinRange } from '../data/with-missing.js';

/** Sets that are drawn, the same in every run. */
export function drawnSets(): DataSet[] {
  return [
    moons(2000, 0.3, 1),
    hastie(2000, 2),
    withGaps(hastie(2000, 2), 0.1, 3),
    withGaps(waveform(2000, 4), 0.3, 5),
    withinRange(ringnorm(2000, 6), 2.5),
    led(2000, 7),
    withGaps(clusters(1500, 5, 8), 0.1, 9),
    wordsSet('words', 2000, { classes: 2, numbers: 4, categories: [2, 8, 60, 500] }, 10),
    wordsSet('words in pairs', 3000, { classes: 2, numbers: 3, categories: [30, 100, 300], pairs: [1, 2] }, 11),
    withGaps(wordsSet('words of 3 classes', 2000, { classes: 3, numbers: 4, categories: [5, 200] }, 12), 0.1, 13),
  ];
}

/**
 * The data sets of test/data, those that are drawn, and those of `folder`, by size.
 *
 * @param only unset: all
 * @throws BenchmarkError when there is no such folder, or no set of a name in `only`.
 */
export async function paritySets(folder?: string, only?: readonly string[]): Promise<DataSets> {
  const { sets, leftOut } = await loadDataSets(folder, 'categorical');
  const all = [...sets, ...drawnSets()].toSorted((a, b) => a.rows - b.rows);
  const unknown = only?.find((name) => all.every((set) => set.name !== name));
  if (unknown !== undefined) {
    throw new BenchmarkError(`--only ${unknown}: there are ${all.map(({ name }) => `"${name}"`).join(', ')}`);
  }
  return { sets: all.filter(({ name }) => only?.includes(name) ?? true), leftOut };
}
