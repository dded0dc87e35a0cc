import { join } from 'node:path';
import { ModelServerService as Rpc } from '../../../generated/modelserver/v1/model_server.js';
import type { Circumstances } from '../../benchmark.js';
import { Service } from '../../peers/service.js';
import { grpcTarget, jsonTarget, type Target } from '../load/target.js';
import { exchange, labelsIn, packed, queryRows, SERVED, serve } from '../served-model.js';
import type { NodeServer } from '../servers/node-server.js';
import { type OwnServer, startEcho, startOwn } from '../servers/own.js';
import { type Flight, type Model, MODELS, type Workload } from './workloads.js';

/** A server that the same is asked of as of the others. */
export interface Contender {
  /** How requests are in flight: as streams of one connection where it can be, or over a connection each. */
  shape(flight: Flight): { readonly connections: number; readonly streams: number };
  targetOf(workload: Workload): Promise<Target>;
  /** Milliseconds of processor time so far. */
  cpuMs(): Promise<number>;
  stop(): Promise<void>;
}

/** One that predicts. */
export interface Predicting extends Contender {
  /** Of all rows to ask about. */
  labelsOf(model: Model): Promise<number[]>;
}

/** ModelServer with all models loaded. */
export async function startOurs(): Promise<Predicting & Pick<OwnServer, 'server' | 'folder'>> {
  const own = await startOwn();
  const { server, folder } = own;
  for (const { name, ours } of MODELS) await serve(own, name, ours);
  return {
    server,
    folder,
    shape: streams,
    targetOf: async ({ model: { name }, rows, encode }) => {
      const { message, answer } = await exchange(server.address, name, encode(queryRows(rows)));
      return grpcTarget(server.address, Rpc.predict, message, answer, join(folder, `${name}-${rows}.ours`));
    },
    labelsOf: async ({ name }) => {
      const { answer } = await exchange(server.address, name, packed(queryRows(ALL)));
      return labelsIn(answer);
    },
    cpuMs: async () => (await server.ask('usage')).cpuMs,
    stop: () => own.stop(),
  };
}

/** The service of FastAPI and scikit-learn with all models loaded; files of requests are put into `folder`. */
export async function startTheirs(circumstances: Circumstances, folder: string): Promise<Predicting> {
  const service = await Service.start(circumstances);
  const { x, y, columns } = SERVED;
  const rows = Array.from(y, (_, row) => Array.from(x.subarray(row * columns, (row + 1) * columns)));
  for (const { name, theirs } of MODELS) {
    await service.call('fit', { name, ...theirs, x: rows, y: Array.from(y) });
    await service.call('load', { name });
  }
  return {
    shape: ({ inFlight }) => connections(inFlight),
    targetOf: async ({ model: { name }, rows: count }) => {
      const request = { name, x: queryRows(count) };
      const { labels } = await service.call('predict', request);
      const url = `http://${service.address}/predict`;
      return jsonTarget(url, request, JSON.stringify({ labels }), join(folder, `${name}-${count}.theirs`));
    },
    labelsOf: async ({ name }) => (await service.call('predict', { name, x: queryRows(ALL) })).labels,
    cpuMs: async () => (await service.call('usage')).cpuMs,
    stop: () => service.stop(),
  };
}

/** Echoes on bare grpc-js of what ours answers: a process each, started when it is first asked for. */
export function echoesOf({ server, folder }: Pick<OwnServer, 'server' | 'folder'>): Contender {
  const echoes: NodeServer[] = [];
  return {
    shape: streams,
    targetOf: async ({ model: { name }, rows, encode }) => {
      const { message, answer } = await exchange(server.address, name, encode(queryRows(rows)));
      const echo = await startEcho(answer);
      echoes.push(echo);
      return grpcTarget(echo.address, Rpc.predict, message, answer, join(folder, `${name}-${rows}.echo`));
    },
    cpuMs: async () => {
      const used = await Promise.all(echoes.map((echo) => echo.ask('usage')));
      return used.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
    },
    stop: async () => {
      await Promise.all(echoes.map((echo) => echo.stop()));
    },
  };
}

const ALL = SERVED.qy.length;

function streams({ inFlight, apart }: Flight) {
  return apart ? connections(inFlight) : { connections: 1, streams: inFlight };
}

function connections(count: number) {
  return { connections: count, streams: 1 };
}
