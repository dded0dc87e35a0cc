import { type Benchmark, figures, type Row, type Table } from '../benchmark.js';
import type { DataSet } from '../data/data-set.js';
import type { Problem } from '../data/problem.js';
import { UnfitData } from '../data/unfit-data.js';
import { probabilitiesOf, trainOurs } from '../ours.js';
import { type GivenProblem, Peer } from '../peers/peer.js';
import { formatCount, formatSigned, formatSize } from '../report/format.js';
import type { Progress } from '../report/progress.js';
import { logLossOf } from '../scores.js';
import { ANY, AVERAGE, averageOf, formatBar, formatHeld, holds } from './bars.js';
import { heldOut, MOST_ROWS } from './held-out.js';
import type { Namesake, Setting } from './namesake.js';
import { NAMESAKE_KINDS, NAMESAKES } from './namesakes.js';
import { type Paired, paired } from './paired.js';
import { paritySets } from './parity-sets.js';

export const DEFAULT_SEEDS = 10;

/** A data set, and what is held out of it with each seed. */
interface Splits {
  readonly set: DataSet;
  readonly problems: readonly Problem[];
}

/** A setting of an estimator, and what came of it on each data set. */
interface Contest {
  readonly namesake: Namesake;
  readonly setting: Setting;
  readonly results: Paired[];
}

/** The held-out log loss of estimators beside that of their namesakes. */
export const parity: Benchmark = {
  name: 'parity',
  title: 'Held-out log loss beside that of the namesakes',
  description:
    'Both are trained on the same rows with the same hyperparameters, and asked about the same rows held out: a stratified fifth, another ' +
    'one with each seed, which is also the seed of both. Differences are of pairs, and above 0 where ours is the larger loss; the relative ' +
    'difference is their mean by the mean of the log losses of the namesake, ± its standard error. The worst seed has the largest ' +
    `difference by the loss of the namesake with that seed. Of sets with more than ${formatCount(MOST_ROWS)} rows a part is drawn, with ` +
    'each seed anew. Columns of text are categorical for all, words are drawn with the frequencies of Zipf, and categories that only held-out ' +
    'rows have are among them. CatBoost and ours are given 300 iterations in the place of the 1,000 that are the default, which changes the ' +
    'learning rate that both work out. A bar holds when either of its figures does; "Within" says which.',
  async run(circumstances) {
    const { progress, dataFolder, seeds = DEFAULT_SEEDS, only, of = NAMESAKE_KINDS } = circumstances;
    const { sets, leftOut } = await paritySets(dataFolder, only);
    for (const { file, reason } of leftOut) progress.note(`${file} ${reason}: left out`);
    const splits = sets.flatMap((set) => splitsOf(set, seeds, progress));
    const contests = NAMESAKES.filter(({ kind }) => of.includes(kind)).flatMap((namesake) =>
      namesake.settings.map((setting): Contest => ({ namesake, setting, results: [] })),
    );
    const peer = await Peer.start(circumstances);
    try {
      progress.begin(splits.length * contests.length);
      for (const { set, problems } of splits) {
        const given: GivenProblem[] = [];
        for (const problem of problems) given.push(await peer.give(problem));
        for (const { namesake, setting, results } of contests) {
          const result = await progress.step(
            `${set.name}: ${namesake.kind}, ${setting.name}`,
            () => compare(namesake, setting, problems, given, peer),
            ({ ours, theirs, relative }) => `${digits(ours)} against ${digits(theirs)}, ${percent(relative)}`,
          );
          results.push(result);
        }
      }
    } finally {
      await peer.stop();
    }
    const compared = splits.map(({ set }) => set);
    return [averages(contests, compared), ...contests.map((contest) => ofSets(contest, compared, seeds))];
  },
};

/** Nothing when the set cannot be split. */
function splitsOf(set: DataSet, seeds: number, progress: Progress): Splits[] {
  try {
    return [{ set, problems: Array.from({ length: seeds }, (_, seed) => heldOut(set, seed)) }];
  } catch (error) {
    if (!(error instanceof UnfitData)) throw error;
    progress.note(`${set.name} ${error.message}: left out`);
    return [];
  }
}

/** Trains both with every seed; problem `i` is that of seed `i`. */
async function compare(
  { kind, estimator, quietly }: Namesake,
  { hyperparameters }: Setting,
  problems: readonly Problem[],
  given: readonly GivenProblem[],
  peer: Peer,
): Promise<Paired> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (const [seed, problem] of problems.entries()) {
    const lossOf = (probabilities: Float64Array) => logLossOf(probabilities, problem.qy, problem.classes);
    const parameters = { ...hyperparameters, ...quietly, random_state: seed };
    // Times do not count here: the peer trains meanwhile.
    const answer = peer.ask(given[seed], { estimator, parameters });
    ours.push(lossOf(probabilitiesOf(trainOurs(kind, hyperparameters, problem, seed), problem)));
    theirs.push(lossOf((await answer).probabilities));
  }
  return paired({ ours, theirs });
}

function averages(contests: readonly Contest[], sets: readonly DataSet[]): Table {
  return {
    title: `All ${sets.length} data sets`,
    columns: [
      { title: 'Estimator' },
      { title: 'Setting' },
      figures('Relative difference, on average'),
      figures('ours − theirs, on average'),
      figures('The worst set'),
      { title: 'Within, on average' },
    ],
    rows: contests.map(({ namesake, setting, results }): Row => {
      const average = averageOf(results);
      const worst = results[average.worst];
      return {
        cells: [
          namesake.kind,
          setting.name,
          spread(average),
          formatSigned(average.difference, digits),
          `${sets[average.worst].name} ${percent(worst.relative)} (${formatSigned(worst.difference, digits)})`,
          formatHeld(average, AVERAGE),
        ],
        bar: `${formatBar(AVERAGE)} on average, ${formatBar(ANY)} on any`,
        holds: average.holds,
      };
    }),
  };
}

function ofSets({ namesake, setting, results }: Contest, sets: readonly DataSet[], seeds: number): Table {
  const given = Object.entries(setting.hyperparameters).map(([name, value]) => `\`${name}=${JSON.stringify(value)}\``);
  return {
    title: `${namesake.kind} and ${namesake.peer}, ${setting.name}`,
    columns: [
      { title: 'Data set' },
      figures('Rows × features'),
      figures('Classes'),
      figures('Log loss, ours'),
      figures('theirs'),
      figures('ours − theirs'),
      figures('Relative difference'),
      figures('The worst seed'),
      { title: 'Within' },
    ],
    rows: results.map((result, i): Row => {
      const set = sets[i];
      return {
        cells: [
          set.name,
          formatSize(set),
          String(set.classes),
          digits(result.ours),
          digits(result.theirs),
          formatSigned(result.difference, digits),
          spread(result),
          percent(result.worst),
          formatHeld(result, ANY),
        ],
        bar: formatBar(ANY),
        holds: holds(result, ANY),
      };
    }),
    note: `Means of ${seeds} seeds${given.length === 0 ? '' : `; ${given.join(', ')}`}.`,
  };
}

function digits(loss: number): string {
  return loss.toFixed(4);
}

function percent(share: number): string {
  return `${formatSigned(100 * share, (value) => value.toFixed(2))} %`;
}

function spread({ relative, error }: Pick<Paired, 'relative' | 'error'>): string {
  return `${percent(relative)} ± ${(100 * error).toFixed(2)}`;
}
