import { join } from 'node:path';
import { ModelServerService as Service } from '../../generated/modelserver/v1/model_server.js';
import { type Benchmark, figures, type Row } from '../benchmark.js';
import { formatCount, formatMs, formatSpread } from '../report/format.js';
import { median } from '../report/statistics.js';
import { type Concurrency, H2LOAD, h2load, requestsFor } from './load/h2load.js';
import { grpcTarget, type Target } from './load/target.js';
import { requireTools } from './load/tool.js';
import { effort, inTurn, ratios } from './rounds.js';
import { exchange, queryRows, readable, SERVED, serve } from './served-model.js';
import type { NodeServer } from './servers/node-server.js';
import { startEcho, startOwn } from './servers/own.js';

/** Calls in flight, over one connection as gRPC's clients have it. */
const IN_FLIGHT = [1, 8, 64];
/** Of each pair of processes. */
const TURNS = 10;
const BAR = 1.15;

interface Measured {
  readonly cpuMs: number;
  readonly perSecond: number;
}

/** What came of the loads, in pairs. */
interface Loads {
  readonly ours: Measured[];
  readonly echoed: Measured[];
}

/** What a Predict costs beyond gRPC itself. */
export const floor: Benchmark = {
  name: 'floor',
  title: 'Processor time of a unary Predict above the floor of gRPC in Node',
  description:
    `Unary Predicts of one row (1 × ${SERVED.columns}, logistic regression, labels), a connection of h2load, against an echo: a bare server ` +
    'of grpc-js with its default options, which neither reads nor writes a message and answers with the same number of bytes. ' +
    'The processor time is that of all threads of the server by request. Short loads take turns, since the machine changes from one second to the next, ' +
    'with pairs of processes, since two processes of one program differ too; the ratio is the median of all turns of all pairs.',
  async run({ progress, short }) {
    await requireTools([H2LOAD]);
    const { rounds: pairs, seconds, warmUp } = effort(short, { rounds: 7, seconds: 0.2, warmUp: 3 });
    progress.begin(pairs);
    const loads = IN_FLIGHT.map((): Loads => ({ ours: [], echoed: [] }));
    for (let pair = 1; pair <= pairs; pair++) {
      await progress.step(`processes ${pair}`, async () => measurePair(loads, seconds, warmUp));
    }
    const columns = [
      figures('In flight'),
      figures('Ours, µs a request'),
      figures('Echo, µs a request'),
      figures('Ratio'),
      figures('Least to most'),
      figures('Ours, requests/s'),
      figures('Echo, requests/s'),
    ];
    return [{ columns, rows: IN_FLIGHT.map((inFlight, i) => rowOf(inFlight, loads[i].ours, loads[i].echoed)) }];
  },
};

/** Loads a server and an echo of their own in turn, forth and back, and adds what came of it. */
async function measurePair(loads: readonly Loads[], seconds: number, warmUp: number): Promise<void> {
  const own = await startOwn();
  let echo: NodeServer | undefined;
  try {
    await serve(own, 'served', { logisticRegression: {} });
    const { message, answer } = await exchange(own.server.address, 'served', readable(queryRows(1)));
    echo = await startEcho(answer);
    const targetOf = async ({ address }: NodeServer, name: string) =>
      grpcTarget(address, Service.predict, message, answer, join(own.folder, name));
    const both = [
      { server: own.server, target: await targetOf(own.server, 'own') },
      { server: echo, target: await targetOf(echo, 'echo') },
    ];
    for (const { server, target } of both) {
      const shape = shapeOf(64);
      await measure(server, target, { ...shape, requests: await requestsFor(target, shape, warmUp) });
    }
    for (const [i, inFlight] of IN_FLIGHT.entries()) {
      const shape = shapeOf(inFlight);
      const load = { ...shape, requests: await requestsFor(both[0].target, shape, seconds) };
      const tasks = both.map(
        ({ server, target }) =>
          async () =>
            measure(server, target, load),
      );
      const [ours, echoed] = await inTurn(TURNS, tasks);
      loads[i].ours.push(...ours);
      loads[i].echoed.push(...echoed);
    }
  } finally {
    await echo?.stop();
    await own.stop();
  }
}

function rowOf(inFlight: number, ours: readonly Measured[], echoed: readonly Measured[]): Row {
  const [cpu, floorCpu] = [ours, echoed].map((loads) => loads.map(({ cpuMs }) => cpuMs));
  const [rate, floorRate] = [ours, echoed].map((loads) => median(loads.map(({ perSecond }) => perSecond)));
  const perRound = ratios(cpu, floorCpu);
  const ratio = median(perRound);
  return {
    cells: [
      String(inFlight),
      formatMs(median(cpu) * 1000),
      formatMs(median(floorCpu) * 1000),
      ratio.toFixed(3),
      formatSpread(perRound, (value) => value.toFixed(3)),
      formatCount(Math.round(rate)),
      formatCount(Math.round(floorRate)),
    ],
    bar: `≤ ${BAR}`,
    holds: ratio <= BAR,
  };
}

function shapeOf(streams: number) {
  return { connections: 1, streams };
}

async function measure(server: NodeServer, target: Target, load: Concurrency): Promise<Measured> {
  const before = await server.ask('usage');
  const { perSecond } = await h2load(target, load);
  const after = await server.ask('usage');
  return { cpuMs: (after.cpuMs - before.cpuMs) / load.requests, perSecond };
}
