import { expect } from 'chai';
import { ModelServerClient, ModelServerError, type FitRequest } from '../../client/index.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { failure } from './failure.js';

const MIB = 2 ** 20;
const FITS = 12;
/** Numbers of 2 MiB, of two classes in turn. */
const ROWS = 4096;
const COLUMNS = 64;

const fitRequest = (name: string): FitRequest => ({
  name,
  estimator: { logisticRegression: { maxIter: 1 } },
  x: {
    rows: ROWS,
    columns: COLUMNS,
    data: Float64Array.from({ length: ROWS * COLUMNS }, (_, i) => Math.floor(i / COLUMNS) % 2),
  },
  y: Int32Array.from({ length: ROWS }, (_, row) => row % 2),
});

describe('a client of a server that has little room', () => {
  let server: TestServer;
  let client: ModelServerClient;

  beforeEach(async () => {
    server = await startTestServer({
      trainingCores: FITS,
      maxMessageBytes: 2 * MIB,
      maxInflightBytes: 3 * MIB,
      maxInferenceModels: 1,
    });
    client = new ModelServerClient(server.address, { retry: { maxAttempts: 8 } });
  });

  afterEach(async () => {
    client.close();
    await server.close();
  });

  it('gets all of many large fits through that it makes at once', async () => {
    const models = await Promise.all(Array.from({ length: FITS }, async (_, i) => client.fit(fitRequest(`m${i}`))));
    expect(models.map(({ name }) => name)).to.have.length(FITS);
    const { inflightBytes } = await client.getStatus();
    expect(inflightBytes).to.equal(0);
  });

  it('has some of them refused, and others not, where it repeats nothing', async () => {
    const impatient = new ModelServerClient(server.address, { retry: false });
    const outcomes = await Promise.allSettled(
      Array.from({ length: FITS }, async (_, i) => impatient.fit(fitRequest(`m${i}`))),
    );
    impatient.close();
    const refused = outcomes.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    expect(refused.length).to.be.within(1, FITS - 1);
    for (const { reason } of refused) {
      expect(reason).to.be.instanceOf(ModelServerError).and.to.include({ reason: 'INFLIGHT_BYTES_LIMIT_REACHED' });
    }
  });

  it('does not repeat what would never fit, which the server says', async () => {
    await client.fit({ name: 'small', estimator: { logisticRegression: {} }, x: [[0], [1]], y: [0, 1] });
    await client.load('small');
    // What is made of the strings is several times their bytes.
    const x = { columns: { f0: Array.from({ length: 100_000 }, (_, i) => String(i)) } };
    const error = await failure(client.predict({ name: 'small', x }));
    expect(error).to.include({ reason: 'INFLIGHT_BYTES_LIMIT_REACHED', retryAfterMs: undefined });
    expect((error as Error).message).to.match(/MAX_INFLIGHT_BYTES allows for all calls: send less at once/);
  });

  it('says that it was closed to a call that waits for its repetition', async () => {
    const holding = client.fit(fitRequest('first'));
    const closing = Promise.allSettled(Array.from({ length: FITS }, async (_, i) => client.fit(fitRequest(`m${i}`))));
    await holding;
    client.close();
    for (const outcome of await closing) {
      if (outcome.status === 'rejected') expect(outcome.reason).to.be.instanceOf(ModelServerError);
    }
  });
});
