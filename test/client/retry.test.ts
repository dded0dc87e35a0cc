import { type sendUnaryData, status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { CallAbortedError, type FitRequest, ModelServerClient, ModelServerError } from '../../client/index.js';
import type { FitResponse, GetStatusResponse } from '../../generated/modelserver/v1/model_server.js';
import { FitResponse as FitResponseMessage } from '../../generated/modelserver/v1/model_server.js';
import { GetStatusResponse as GetStatusResponseMessage } from '../../generated/modelserver/v1/model_server.js';
import { failure } from './failure.js';
import { fakeError, type FakeServer, startFakeServer } from './fake-server.js';

const FAST = { initialBackoffMs: 5, maxBackoffMs: 20 };
const unavailable = fakeError(status.UNAVAILABLE, 'draining', { reason: 'SERVER_SHUTTING_DOWN' });

const fitRequest: FitRequest = {
  name: 'iris',
  estimator: { randomForestClassifier: {} },
  x: [[1], [2]],
  y: ['a', 'b'],
};

describe('a client of a server that fails', () => {
  let server: FakeServer | undefined;
  let client: ModelServerClient | undefined;

  afterEach(() => {
    client?.close();
    server?.kill();
  });

  /** A server whose n-th call of an RPC (from 1) ends with `answer(n)`; null means success. */
  async function start(answer: (attempt: number) => ReturnType<typeof fakeError> | null): Promise<() => number> {
    let attempts = 0;
    server = await startFakeServer({
      getStatus: (_call, callback: sendUnaryData<GetStatusResponse>) =>
        callback(answer(++attempts), GetStatusResponseMessage.fromPartial({ trainingSlots: 2 })),
      fit: (_call, callback: sendUnaryData<FitResponse>) =>
        callback(answer(++attempts), FitResponseMessage.fromPartial({ model: { name: 'iris' } })),
    });
    client = new ModelServerClient(server.address, { retry: FAST });
    return () => attempts;
  }

  it('repeats a read after UNAVAILABLE', async () => {
    const attempts = await start((attempt) => (attempt < 3 ? unavailable : null));
    expect(await client?.getStatus()).to.include({ trainingSlots: 2 });
    expect(attempts()).to.equal(3);
  });

  it('gives up after as many attempts as the policy has, with the error of the last', async () => {
    const attempts = await start(() => unavailable);
    const error = await failure(client?.getStatus());
    expect(error).to.include({ codeName: 'UNAVAILABLE', reason: 'SERVER_SHUTTING_DOWN', method: 'GetStatus' });
    expect(attempts()).to.equal(4);
  });

  it('does not repeat a read after other errors', async () => {
    const attempts = await start(() => fakeError(status.INTERNAL, 'broken', { reason: 'INTERNAL' }));
    expect(await failure(client?.getStatus())).to.include({ reason: 'INTERNAL' });
    expect(attempts()).to.equal(1);
  });

  it('repeats any call for whose bytes the server had no room, when it says that there may be some', async () => {
    const noRoom = { reason: 'INFLIGHT_BYTES_LIMIT_REACHED', retryAfterMs: 30 };
    const attempts = await start((attempt) =>
      attempt < 3 ? fakeError(status.RESOURCE_EXHAUSTED, 'no room', noRoom) : null,
    );
    const startedAt = performance.now();
    expect(await client?.fit(fitRequest)).to.include({ name: 'iris' });
    expect(attempts()).to.equal(3);
    expect(performance.now() - startedAt).to.be.at.least(59);
  });

  it('repeats nothing with `retry: false`', async () => {
    const attempts = await start(() => unavailable);
    client?.close();
    client = new ModelServerClient(server?.address ?? '', { retry: false });
    await failure(client.getStatus());
    expect(attempts()).to.equal(1);
  });

  it('waits no longer than the deadline', async () => {
    const attempts = await start(() =>
      fakeError(status.UNAVAILABLE, 'later', { reason: 'SERVER_SHUTTING_DOWN', retryAfterMs: 60_000 }),
    );
    const error = await failure(client?.getStatus({ timeoutMs: 1000 }));
    expect(error).to.include({ codeName: 'UNAVAILABLE', retryAfterMs: 60_000 });
    expect(attempts()).to.equal(1);
  });

  it('ends the wait for the next attempt on an abort', async () => {
    await start(() => fakeError(status.UNAVAILABLE, 'later', { retryAfterMs: 60_000 }));
    const controller = new AbortController();
    const call = failure(client?.getStatus({ signal: controller.signal }));
    setTimeout(() => controller.abort(), 50);
    expect(await call).to.be.an.instanceOf(CallAbortedError);
  });

  it('never repeats a fit without a request id', async () => {
    const attempts = await start(() => unavailable);
    expect(await failure(client?.fit(fitRequest))).to.include({ codeName: 'UNAVAILABLE' });
    expect(attempts()).to.equal(1);
  });

  it('repeats a fit with a request id', async () => {
    const attempts = await start((attempt) => (attempt === 1 ? unavailable : null));
    expect(await client?.fit({ ...fitRequest, requestId: 'r1' })).to.include({ name: 'iris' });
    expect(attempts()).to.equal(2);
  });

  it('outlives the remains of its own lost fit: a name and a slot that are still taken', async () => {
    const answers = [
      unavailable,
      fakeError(status.ALREADY_EXISTS, 'in training', { reason: 'MODEL_ALREADY_EXISTS' }),
      fakeError(status.RESOURCE_EXHAUSTED, 'no slot', { reason: 'NO_FREE_TRAINING_SLOT' }),
      null,
    ];
    const attempts = await start((attempt) => answers[attempt - 1]);
    expect(await client?.fit({ ...fitRequest, requestId: 'r1' })).to.include({ name: 'iris' });
    expect(attempts()).to.equal(4);
  });

  it('takes a name that others have as an answer, not as remains', async () => {
    const attempts = await start(() => fakeError(status.ALREADY_EXISTS, 'taken', { reason: 'MODEL_ALREADY_EXISTS' }));
    expect(await failure(client?.fit({ ...fitRequest, requestId: 'r1' }))).to.include({ codeName: 'ALREADY_EXISTS' });
    expect(attempts()).to.equal(1);
  });

  it('does not double a fit whose connection is lost while it trains', async () => {
    let fits = 0;
    const { promise: arrived, resolve: arrive } = withResolvers();
    const handlers = {
      fit: () => {
        fits++;
        arrive();
      },
    };
    server = await startFakeServer(handlers);
    const { address } = server;
    client = new ModelServerClient(address, { retry: FAST });
    const call = failure(client.fit(fitRequest));
    await arrived;
    server.kill();
    server = await startFakeServer(handlers, Number(address.split(':')[1]));
    expect(await call).to.be.an.instanceOf(ModelServerError);
    // The new server is there, and the client can reach it: time enough for a repetition.
    await client.waitForReady({ timeoutMs: 300 }).catch(() => undefined);
    expect(fits).to.equal(1);
  });

  it('comes back to a server that was restarted on the same port', async () => {
    await start(() => null);
    const port = Number(server?.address.split(':')[1]);
    await client?.getStatus();
    server?.kill();
    setTimeout(() => {
      startFakeServer({ getStatus: (_call, callback) => callback(null, GetStatusResponseMessage.create()) }, port).then(
        (restarted) => (server = restarted),
        () => undefined,
      );
    }, 20);
    client?.close();
    client = new ModelServerClient(`127.0.0.1:${port}`, { retry: { initialBackoffMs: 50, maxAttempts: 8 } });
    expect(await client.getStatus()).to.include({ trainingSlots: 0 });
  });
});

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
