import type { Benchmark, Circumstances, Row, Table } from '../../benchmark.js';
import { figures } from '../../benchmark.js';
import { formatCount, formatMs, formatShare, formatSpread } from '../../report/format.js';
import { median, quantileOf } from '../../report/statistics.js';
import { countEqual } from '../../scores.js';
import { H2LOAD, h2load, requestsFor } from '../load/h2load.js';
import type { Target } from '../load/target.js';
import { requireTools } from '../load/tool.js';
import { VEGETA, vegeta } from '../load/vegeta.js';
import { effort, type Effort, inTurn, ratios } from '../rounds.js';
import { SERVED } from '../served-model.js';
import { type Contender, echoesOf, type Predicting, startOurs, startTheirs } from './contenders.js';
import { type Flight, LIGHTEST, LOADS, type Model, MODELS, type Workload, WORKLOADS } from './workloads.js';

const RATE = 1000;
const RATE_BAR = 1;
const RATE_SECONDS = 5;

/** Of a load; times in milliseconds. */
interface Measured {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpuMs: number;
}

/** Predicts of ours beside those of the service that it replaces. */
export const unary: Benchmark = {
  name: 'unary',
  title: 'Unary Predict against FastAPI and scikit-learn',
  description:
    'Both serve models of the same rows: ours over gRPC, one row as `rows`, 1,000 as `raw` float32; the peer (`bench/peers/service`: FastAPI, ' +
    'uvicorn with uvloop and httptools, one worker) as rows in JSON over HTTP/1.1. The load comes from h2load, at a fixed rate from vegeta, on the same ' +
    'machine; so many requests in flight are as many streams of one connection with ours, as a client of gRPC has them, and as many connections with the ' +
    "peer's. Loads take turns; the ratio is the median of the rounds', ours ÷ the peer's. The floor is an echo on bare grpc-js, which reads nothing and answers with the " +
    'same bytes: its ratio to the peer is what gRPC in Node can give on this machine. The processor time is that of the server by request. ' +
    'The bytes of all answers are counted, and the labels compared before and after.',
  async run(circumstances) {
    const { progress, short } = circumstances;
    await requireTools([H2LOAD, VEGETA]);
    const measuring = effort(short, { rounds: 5, seconds: 1, warmUp: 2 });
    progress.begin(2 + LOADS.length);
    const [ours, theirs] = await progress.step('starting, training, warming up', () => startBoth(circumstances));
    const echoes = echoesOf(ours);
    const contenders = [ours, theirs, echoes];
    try {
      const before = await labelsOfAll([ours, theirs]);
      const rows: Row[] = [];
      const targets = new Map<Workload, readonly Target[]>();
      for (const workload of WORKLOADS) {
        const each: Target[] = [];
        for (const contender of contenders) each.push(await contender.targetOf(workload));
        targets.set(workload, each);
      }
      for (const load of LOADS) {
        const row = await progress.step(
          `${titleOf(load.workload)}, ${inFlightOf(load.flight)} in flight`,
          () => compare(load, contenders, targets.get(load.workload) ?? [], measuring),
          ({ cells: [, , our, their, ratio] }) => `${our}/s ÷ ${their}/s = ${ratio}`,
        );
        rows.push(row);
      }
      const atFixedRate = await progress.step(
        `${RATE} requests/s`,
        () => compareAtFixedRate([ours, theirs], measuring),
        ({ rows: [, { cells }] }) => cells.join(', '),
      );
      const after = await labelsOfAll([ours, theirs]);
      if (JSON.stringify(before) !== JSON.stringify(after))
        throw new Error('the labels are others than before the loads');
      return [{ columns: COLUMNS, rows }, atFixedRate, qualityOf(after)];
    } finally {
      await echoes.stop();
      await theirs.stop();
      await ours.stop();
    }
  },
};

const COLUMNS = [
  { title: 'Predict' },
  figures('In flight'),
  figures('Ours, requests/s'),
  figures("Peer's"),
  figures('Ratio'),
  figures('Least to most'),
  figures('Floor ÷ peer'),
  figures('p50, ours / peer, ms'),
  figures('p99, ours / peer, ms'),
  figures('Processor time, ours / peer, µs'),
];

async function startBoth(circumstances: Circumstances): Promise<[Awaited<ReturnType<typeof startOurs>>, Predicting]> {
  const ours = await startOurs();
  try {
    const theirs = await startTheirs(circumstances, ours.folder);
    return [ours, theirs];
  } catch (error) {
    await ours.stop();
    throw error;
  }
}

async function compare(
  { workload, flight }: (typeof LOADS)[number],
  contenders: readonly Contender[],
  targets: readonly Target[],
  { rounds, seconds, warmUp }: Effort,
): Promise<Row> {
  const tasks: (() => Promise<Measured>)[] = [];
  for (const [index, contender] of contenders.entries()) {
    const target = targets[index];
    const shape = contender.shape(flight);
    const requests = await requestsFor(target, shape, seconds);
    if (flight.inFlight === 1) await h2load(target, { ...shape, requests: Math.ceil((requests / seconds) * warmUp) });
    tasks.push(() => measure(contender, target, { ...shape, requests }));
  }
  const [ours, theirs, echoed] = await inTurn(rounds, tasks);
  const ratesOf = (loads: readonly Measured[]) => loads.map(({ perSecond }) => perSecond);
  const perRound = ratios(ratesOf(ours), ratesOf(theirs));
  const ratio = median(perRound);
  const middle = (of: (measured: Measured) => number) => [ours, theirs].map((each) => median(each.map(of)));
  const [our, their] = middle(({ perSecond }) => perSecond).map((rate) => formatCount(Number(rate.toPrecision(4))));
  return {
    cells: [
      titleOf(workload),
      inFlightOf(flight),
      our,
      their,
      ratio.toFixed(1),
      formatSpread(perRound, (value) => value.toFixed(1)),
      median(ratios(ratesOf(echoed), ratesOf(theirs))).toFixed(1),
      middle(({ p50 }) => p50)
        .map(formatMs)
        .join(' / '),
      middle(({ p99 }) => p99)
        .map(formatMs)
        .join(' / '),
      middle(({ cpuMs }) => cpuMs * 1000)
        .map(formatMs)
        .join(' / '),
    ],
    ...(!flight.apart && { bar: `≥ ${workload.bar}`, holds: ratio >= workload.bar }),
  };
}

async function measure(contender: Contender, target: Target, load: Parameters<typeof h2load>[1]): Promise<Measured> {
  const before = await contender.cpuMs();
  const { perSecond, latencies } = await h2load(target, load);
  const cpuMs = ((await contender.cpuMs()) - before) / load.requests;
  return { perSecond, p50: median(latencies), p99: quantileOf(latencies, 0.99), cpuMs };
}

async function compareAtFixedRate(contenders: readonly Contender[], { rounds, seconds }: Effort): Promise<Table> {
  const targets = await Promise.all(contenders.map((contender) => contender.targetOf(LIGHTEST)));
  const duration = Math.min(RATE_SECONDS, 4 * seconds);
  const [ours, theirs] = await inTurn(
    rounds,
    targets.map((target) => () => vegeta(target, RATE, duration)),
  );
  const rowOf = (title: string, quantile: 'median' | 'p99', bar?: number): Row => {
    const [our, their] = [ours, theirs].map((loads) => loads.map((latencies) => latencies[quantile]));
    const perRound = ratios(our, their);
    const ratio = median(perRound);
    return {
      cells: [title, formatMs(median(our)), formatMs(median(their)), ratio.toFixed(2), formatSpread(perRound)],
      ...(bar !== undefined && { bar: `≤ ${bar}`, holds: ratio <= bar }),
    };
  };
  return {
    title: `At ${formatCount(RATE)} requests/s: ${titleOf(LIGHTEST)}`,
    columns: [
      { title: 'Latency' },
      figures('Ours, ms'),
      figures("Peer's, ms"),
      figures('Ratio'),
      figures('Least to most'),
    ],
    rows: [rowOf('median', 'median'), rowOf('99th percentile', 'p99', RATE_BAR)],
  };
}

/** The labels of both servers, a model each. */
type Labels = readonly (readonly number[][])[];

async function labelsOfAll(contenders: readonly Predicting[]): Promise<Labels> {
  return Promise.all(
    contenders.map((contender) => Promise.all(MODELS.map((model: Model) => contender.labelsOf(model)))),
  );
}

function qualityOf([ours, theirs]: Labels): Table {
  const total = SERVED.qy.length;
  const rows = MODELS.map(({ title }, model) => ({
    cells: [
      title,
      ...[ours, theirs].map((labels) => (countEqual(labels[model], SERVED.qy) / total).toFixed(3)),
      formatShare(countEqual(ours[model], theirs[model]), total),
    ],
  }));
  return {
    title: 'What they answer',
    columns: [{ title: 'Model' }, figures('Accuracy, ours'), figures("Accuracy, peer's"), figures('Same labels')],
    rows,
  };
}

function titleOf({ model, rows }: Workload): string {
  return `${formatCount(rows)} × ${SERVED.columns}, ${model.title}`;
}

function inFlightOf({ inFlight, apart }: Flight): string {
  return apart ? `${inFlight}, a connection each` : String(inFlight);
}
