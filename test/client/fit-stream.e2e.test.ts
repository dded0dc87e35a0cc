import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { expect } from 'chai';
import { ExitCode } from '../../client/cli/exit-codes.js';
import { encodeFitRequest } from '../../client/fit-request.js';
import {
  CallAbortedError,
  type FitProgress,
  type FitRequest,
  ModelServerClient,
  type ModelServerError,
} from '../../client/index.js';
import { sleep } from '../../client/sleep.js';
import { unaryCall } from '../../client/unary-call.js';
import { ModelServerService } from '../../generated/modelserver/v1/model_server.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { failure } from './failure.js';
import { runClient } from './run-cli.js';

const ROWS = 70_000;

/** Two clouds of points, one around 0 and one around 1; 1.4 MB. */
function request(name: string, more: Partial<FitRequest> = {}): FitRequest {
  const y = Int32Array.from({ length: ROWS }, (_, row) => row % 2);
  const data = Float64Array.from({ length: ROWS * 2 }, (_, index) => y[index >> 1] + ((index * 7919) % 997) / 500);
  return { name, estimator: { lgbmClassifier: { nEstimators: 2 } }, x: { rows: ROWS, columns: 2, data }, y, ...more };
}

describe('a fit by stream, with a server', () => {
  let server: TestServer;
  let client: ModelServerClient;

  before(async () => {
    server = await startTestServer();
    client = new ModelServerClient(server.address);
  });

  after(async () => {
    client.close();
    await server.close();
  });

  /** What Fit makes of `fit`, which goes as one message. */
  async function fitAsOne(fit: FitRequest): Promise<string> {
    const stub = new Client(server.address, credentials.createInsecure(), { 'grpc.max_send_message_length': -1 });
    const attempt = { metadata: new Metadata(), deadline: Infinity };
    const { model } = await unaryCall(stub, ModelServerService.fit, encodeFitRequest(fit), attempt);
    stub.close();
    return model?.sha256 ?? '';
  }

  async function untilIdle(): Promise<void> {
    // oxlint-disable-next-line no-await-in-loop -- a poll
    while ((await client.getStatus()).busyTrainingSlots > 0) await sleep(10);
  }

  describe('learns what a Fit learns', () => {
    const { x, y } = request('') as { x: { data: Float64Array }; y: Int32Array };
    const rows = Array.from(y, (_, row) => [x.data[2 * row], x.data[2 * row + 1]]);
    const forms: Record<string, Partial<FitRequest>> = {
      'packed numbers with weights': { sampleWeight: Float64Array.from(y, (label) => 1 + label) },
      'rows of numbers': { x: rows, y: Array.from(y) },
      'rows of single precision, with labels of 64 bits': {
        x: rows.map((row) => Float32Array.from(row)),
        y: Array.from(y, (label) => BigInt(label) + 2n ** 60n),
      },
      'a table with words, with labels of words': {
        x: { columns: { width: rows.map(([width]) => width), shop: rows.map((_, row) => `shop ${row % 7}`) } },
        y: Array.from(y, (label) => `class ${label}`),
      },
    };
    for (const [title, form] of Object.entries(forms)) {
      it(`from ${title}`, async () => {
        const { sha256, nSamples } = await client.fit(request('by-stream', { ...form, replace: true }));
        expect(nSamples).to.equal(ROWS);
        expect(sha256).to.equal(await fitAsOne(request('as-one', { ...form, replace: true })));
      });
    }
  });

  it('tells how far it is', async () => {
    const told: FitProgress[] = [];
    await client.fit(request('told'), { onProgress: (progress) => told.push(progress) });
    const phases = told.map(({ phase }) => phase);
    expect(phases.lastIndexOf('upload')).to.be.below(phases.indexOf('training'));
    expect(told[0]).to.deep.equal({ phase: 'upload', sentRows: 0, rows: ROWS, sentBytes: 0 });
    expect(told[phases.lastIndexOf('upload')]).to.include({ sentRows: ROWS });
    expect(told.at(-1)).to.have.property('fraction').that.is.within(0, 1);
    const small: FitProgress[] = [];
    await client.fit(
      { ...request('told-small'), x: [[0], [1], [0], [1]], y: [0, 1, 0, 1] },
      { onProgress: (progress) => small.push(progress) },
    );
    expect(small.map(({ phase }) => phase)).to.include('upload');
  });

  it('is refused before the upload when the name is taken, or every slot', async () => {
    const told: FitProgress[] = [];
    const onProgress = (progress: FitProgress) => told.push(progress);
    await client.fit({
      ...request('taken'),
      x: [[0], [1]],
      y: [0, 1],
      estimator: { kNeighborsClassifier: { nNeighbors: 1 } },
    });
    const taken = await failure(client.fit(request('taken'), { onProgress }));
    expect(taken).to.include({ reason: 'MODEL_ALREADY_EXISTS', method: 'FitStream' });
    const abort = new AbortController();
    const endless = { logisticRegression: { maxIter: 1_000_000, engine: 'mljs' as const } };
    const running = ['a', 'b'].map((name) =>
      failure(client.fit(request(name, { estimator: endless }), { signal: abort.signal })),
    );
    // oxlint-disable-next-line no-await-in-loop -- a poll
    while ((await client.getStatus()).busyTrainingSlots < 2) await sleep(10);
    const full = (await failure(client.fit(request('full'), { onProgress }))) as ModelServerError;
    expect(full).to.include({ reason: 'NO_FREE_TRAINING_SLOT' });
    expect(full.retryAfterMs).to.be.above(0);
    expect(told).to.deep.equal([]);
    abort.abort();
    for (const ended of await Promise.all(running)) expect(ended).to.be.an.instanceOf(CallAbortedError);
    await untilIdle();
  });

  it('has the error of a part that the server refuses', async () => {
    const { x } = request('') as { x: { rows: number; columns: number; data: Float64Array } };
    x.data[2 * 60_000 + 1] = Infinity;
    const error = (await failure(client.fit(request('infinite', { x })))) as ModelServerError;
    expect(error).to.include({ codeName: 'INVALID_ARGUMENT', reason: 'INVALID_REQUEST' });
    expect(error.violations[0].field).to.equal('x.raw.data');
    expect(error.message).to.include('row 60000');
    await untilIdle();
    expect(await failure(client.getModel('infinite'))).to.include({ reason: 'MODEL_NOT_FOUND' });
  });

  it('leaves nothing behind when it is aborted in the upload', async () => {
    const abort = new AbortController();
    const onProgress = () => abort.abort();
    const error = await failure(client.fit(request('aborted'), { signal: abort.signal, onProgress }));
    expect(error).to.be.an.instanceOf(CallAbortedError);
    await untilIdle();
    expect(await failure(client.getModel('aborted'))).to.include({ reason: 'MODEL_NOT_FOUND' });
  });

  it('is answered with the stored model where its request id has been seen', async () => {
    const first = await client.fit(request('once', { requestId: 'r1' }));
    const told: FitProgress[] = [];
    const onProgress = (progress: FitProgress) => told.push(progress);
    expect(await client.fit(request('once', { requestId: 'r1' }), { onProgress })).to.deep.equal(first);
    expect(told).to.deep.equal([]);
  });

  it('names the line of a large CSV file that the server refuses', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'modelserver-stream-'));
    const file = join(folder, 'large.csv');
    const lines = Array.from({ length: ROWS }, (_, row) => `${row % 13},${row === 61_234 ? '' : row % 7},${row % 2}`);
    await writeFile(file, `a,b,label\n${lines.join('\n')}\n`);
    const fit = ['fit', 'lines', file, '--estimator', 'logistic_regression', '--label', 'label'];
    const { code, stderr } = await runClient('cli', [...fit, '--address', server.address]);
    expect(stderr).to.include('large.csv, line 61236, column "b", which is empty');
    expect(code).to.equal(ExitCode.usage);
    await rm(folder, { recursive: true });
  });
});
