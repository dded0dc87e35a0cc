import { Client, credentials } from '@grpc/grpc-js';
import {
  ModelServerService as Service,
  type Matrix,
  OutputEncoding,
  PredictRequest,
} from '../../generated/modelserver/v1/model_server.js';
import type { Estimator } from '../../client/index.js';
import { synthetic } from '../data/synthetic.js';
import type { OwnServer } from './servers/own.js';

const ROWS = 2000;
const COLUMNS = 20;
const QUERIES = 1000;

/** What the served models are trained on, and the rows that they are asked about. */
export const SERVED = synthetic(ROWS, COLUMNS, 2, QUERIES);

/** Trains a model of that name, and loads it. */
export async function serve({ client }: OwnServer, name: string, estimator: Estimator): Promise<void> {
  const { x, y, columns } = SERVED;
  await client.fit({ name, estimator, x: { rows: y.length, columns, data: x }, y: Array.from(y) });
  await client.load(name);
}

/** The first query as a person would type it. */
export function oneRow(): Matrix {
  return { rows: [{ values: Array.from(SERVED.q.subarray(0, SERVED.columns)) }], raw: undefined, columns: [] };
}

/** The bytes of a Predict of labels, and of the server's answer. */
export async function exchange(address: string, name: string, x: Matrix): Promise<{ message: Buffer; answer: Buffer }> {
  const message = Buffer.from(
    PredictRequest.encode({
      name,
      x,
      includeProbabilities: false,
      outputEncoding: OutputEncoding.OUTPUT_ENCODING_UNSPECIFIED,
    }).finish(),
  );
  const asItIs = (bytes: Buffer) => bytes;
  const client = new Client(address, credentials.createInsecure());
  try {
    const answer = await new Promise<Buffer>((resolve, reject) => {
      client.makeUnaryRequest(Service.predict.path, asItIs, asItIs, message, (error, bytes) => {
        if (error === null && bytes !== undefined) resolve(bytes);
        else reject(error ?? new Error('no answer'));
      });
    });
    return { message, answer };
  } finally {
    client.close();
  }
}
