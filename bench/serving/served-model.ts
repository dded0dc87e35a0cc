import { Client, credentials } from '@grpc/grpc-js';
import {
  Dtype,
  ModelServerService as Service,
  type Matrix,
  OutputEncoding,
  PredictRequest,
  PredictResponse,
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

/** The first queries as arrays of numbers, of single precision so that every encoding has the same ones. */
export function queryRows(count: number): number[][] {
  const { q, columns } = SERVED;
  return Array.from({ length: count }, (_, row) =>
    Array.from(q.subarray(row * columns, (row + 1) * columns), Math.fround),
  );
}

/** Rows as a person types them. */
export function readable(rows: readonly number[][]): Matrix {
  return { rows: rows.map((values) => ({ values })), raw: undefined, columns: [] };
}

/** Rows as packed float32. */
export function packed(rows: readonly number[][]): Matrix {
  const data = Buffer.from(Float32Array.from(rows.flat()).buffer);
  return {
    rows: [],
    raw: { rows: rows.length, columns: SERVED.columns, dtype: Dtype.DTYPE_FLOAT32, data },
    columns: [],
  };
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

/** The labels in an answer. */
export function labelsIn(answer: Uint8Array): number[] {
  const { labels } = PredictResponse.decode(answer);
  if (labels?.rawInt32 === undefined) return (labels?.ints ?? []).map(Number);
  return Array.from(new Int32Array(new Uint8Array(labels.rawInt32).buffer));
}
