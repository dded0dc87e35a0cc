import { Metadata, status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { CallAbortedError, type Model, ModelServerClient, ModelServerError, toRows } from '../../client/index.js';
import { HealthCheckResponse, HealthCheckResponse_ServingStatus } from '../../generated/grpc/health/v1/health.js';
import {
  Dtype,
  FeatureKind,
  type FitRequest,
  FitResponse,
  GetModelResponse,
  GetStatusResponse,
  ListModelsResponse,
  ModelState,
  OutputEncoding,
  type PredictRequest,
  PredictResponse,
} from '../../generated/modelserver/v1/model_server.js';
import { failure } from './failure.js';
import { type FakeHandlers, type FakeServer, startFakeServer } from './fake-server.js';

describe('ModelServerClient', () => {
  let server: FakeServer;
  let client: ModelServerClient;

  afterEach(() => {
    client.close();
    server.kill();
  });

  async function start(handlers: FakeHandlers): Promise<void> {
    server = await startFakeServer(handlers);
    client = new ModelServerClient(server.address);
  }

  it('sends a fit with all its options and answers with a model of plain values', async () => {
    let request: FitRequest | undefined;
    await start({
      fit: (call, callback) => {
        request = call.request;
        callback(
          null,
          FitResponse.fromPartial({
            model: {
              name: 'iris',
              generation: 1,
              state: ModelState.MODEL_STATE_STORED,
              estimator: call.request.estimator,
              classes: { ints: [1n, 2n] },
              nFeaturesIn: 1,
              features: [{ name: 'width', kind: FeatureKind.FEATURE_KIND_NUMERIC }],
              createdAt: new Date(1e12),
              fitDuration: { seconds: 2n, nanos: 5e8 },
              sizeBytes: 1234n,
              loadedBytes: 5678n,
              metrics: { accuracy: 0.5 },
              training: { fraction: 0.25, remaining: { seconds: 1n, nanos: 0 } },
            },
          }),
        );
      },
    });
    const model = await client.fit({
      name: 'iris',
      estimator: { randomForestClassifier: { nEstimators: 3 } },
      x: [[1], [2]],
      y: [1, 2],
      seed: 7,
      featureNames: ['width'],
      sampleWeight: [1, 0.5],
      classWeight: 'balanced',
      requestId: 'r1',
    });
    expect(request).to.deep.include({ name: 'iris', requestId: 'r1', sampleWeight: [1, 0.5] });
    expect(request?.options).to.deep.include({ seed: 7, featureNames: ['width'], classWeight: 1, replace: false });
    expect(model).to.deep.include({
      name: 'iris',
      state: 'stored',
      estimator: { randomForestClassifier: { nEstimators: 3 } },
      classes: [1, 2],
      features: [{ name: 'width', kind: 'numeric', categories: [] }],
      createdAt: new Date(1e12),
      fitDurationMs: 2500,
      sizeBytes: 1234,
      loadedBytes: 5678,
    });
    expect(model.metrics.accuracy).to.equal(0.5);
    expect(model.training).to.include({ fraction: 0.25, remainingMs: 1000 });
    expect(model).not.to.have.property('reason', '');
  });

  it('refuses a seed that is no uint32 before it sends anything', async () => {
    await start({});
    const fit = { name: 'a', estimator: { xgbClassifier: {} }, x: [[1]], y: ['a'], seed: -1 };
    expect(await failure(client.fit(fit))).to.include({ name: 'InputError', field: 'seed' });
  });

  it('predicts with packed answers', async () => {
    let request: PredictRequest | undefined;
    await start({
      predict: (call, callback) => {
        request = call.request;
        const data = Buffer.from(Float64Array.of(0.25, 0.75, 1, 0).buffer);
        callback(
          null,
          PredictResponse.fromPartial({
            labels: { rawInt32: Buffer.from(Int32Array.of(5, 3).buffer) },
            probabilities: { raw: { rows: 2, columns: 2, dtype: Dtype.DTYPE_FLOAT64, data } },
            generation: 3,
          }),
        );
      },
    });
    const prediction = await client.predict({ name: 'iris', x: [[1], [2]], probabilities: true });
    expect(request).to.include({
      name: 'iris',
      includeProbabilities: true,
      outputEncoding: OutputEncoding.OUTPUT_ENCODING_RAW,
    });
    expect(prediction).to.deep.include({ labels: [5, 3], generation: 3 });
    expect(prediction.probabilities && toRows(prediction.probabilities)).to.deep.equal([
      [0.25, 0.75],
      [1, 0],
    ]);
  });

  it('sends load, unload, remove and removeAll', async () => {
    const seen: unknown[] = [];
    await start({
      load: (call, callback) => {
        seen.push(['load', call.request]);
        callback(null, {
          model: GetModelResponse.fromPartial({ model: { state: ModelState.MODEL_STATE_LOADED } }).model,
        });
      },
      unload: (call, callback) => {
        seen.push(['unload', call.request]);
        callback(null, {});
      },
      remove: (call, callback) => {
        seen.push(['remove', call.request]);
        callback(null, {});
      },
      removeAll: (call, callback) => {
        seen.push(['removeAll', call.request]);
        callback(null, { removed: 3 });
      },
    });
    expect(await client.load('a')).to.include({ state: 'loaded' });
    await client.unload('a');
    await client.remove('a');
    await client.remove('b', { force: true });
    expect(await client.removeAll({ force: true })).to.equal(3);
    expect(seen).to.deep.equal([
      ['load', { name: 'a' }],
      ['unload', { name: 'a' }],
      ['remove', { name: 'a', force: false }],
      ['remove', { name: 'b', force: true }],
      ['removeAll', { force: true }],
    ]);
  });

  it('walks through all pages of models', async () => {
    const pages: Record<string, [string[], string]> = { '': [['a', 'b'], 'next'], next: [['c'], ''] };
    await start({
      listModels: (call, callback) => {
        expect(call.request.pageSize).to.equal(2);
        const [names, nextPageToken] = pages[call.request.pageToken];
        callback(null, ListModelsResponse.fromPartial({ models: names.map((name) => ({ name })), nextPageToken }));
      },
    });
    const models: Model[] = [];
    for await (const model of client.allModels({ pageSize: 2 })) models.push(model);
    expect(models.map((model) => model.name)).to.deep.equal(['a', 'b', 'c']);
    expect(models[0].state).to.equal('training');
    expect(await client.listModels({ pageSize: 2, pageToken: 'next' })).to.have.property('nextPageToken', undefined);
  });

  it('describes the server, and a model, in plain values', async () => {
    await start({
      getStatus: (_call, callback) =>
        callback(
          null,
          GetStatusResponse.fromPartial({
            trainingSlots: 2,
            loadedBytes: 1n,
            maxLoadedBytes: 2n,
            inflightBytes: 3n,
            maxInflightBytes: 4n,
            trainings: [{ name: 'a', estimator: 'xgb_classifier', progress: { fraction: 0.5 } }],
            startedAt: new Date(1e12),
          }),
        ),
      getModel: (_call, callback) =>
        callback(
          null,
          GetModelResponse.fromPartial({
            model: { name: 'a', state: ModelState.MODEL_STATE_UNAVAILABLE, reason: 'checksum' },
          }),
        ),
    });
    const { trainings, ...rest } = await client.getStatus();
    const bytes = { loadedBytes: 1, maxLoadedBytes: 2, inflightBytes: 3, maxInflightBytes: 4 };
    expect(rest).to.deep.include({ trainingSlots: 2, startedAt: new Date(1e12), ...bytes });
    expect(trainings[0].progress).to.include({ fraction: 0.5, remainingMs: undefined });
    expect(await client.getModel('a')).to.include({ state: 'unavailable', reason: 'checksum' });
  });

  it('sends request headers', async () => {
    const seen: string[] = [];
    await start({
      getStatus: (call, callback) => {
        seen.push(call.metadata.get('x-team').join());
        callback(null, GetStatusResponse.create());
      },
    });
    const metadata = new Metadata();
    metadata.set('x-team', 'blue');
    await client.getStatus({ metadata });
    await client.getStatus({ metadata: { 'x-team': 'red' } });
    expect(seen).to.deep.equal(['blue', 'red']);
  });

  it('cancels the call on the server when the signal aborts', async () => {
    let cancelled: () => void = () => {};
    const serverSaw = new Promise<void>((resolve) => (cancelled = resolve));
    const controller = new AbortController();
    await start({
      fit: (call) => {
        call.on('cancelled', cancelled);
        controller.abort(new Error('changed my mind'));
      },
    });
    const fit = { name: 'a', estimator: { xgbClassifier: {} }, x: [[1]], y: ['a'] };
    const error = await failure(client.fit(fit, { signal: controller.signal }));
    expect(error).to.be.an.instanceOf(CallAbortedError);
    expect((error as CallAbortedError).cause).to.have.property('message', 'changed my mind');
    await serverSaw;
  });

  it('sends nothing when the signal was aborted before', async () => {
    let calls = 0;
    await start({ getStatus: () => void calls++ });
    const error = await failure(client.getStatus({ signal: AbortSignal.abort() }));
    expect(error).to.be.an.instanceOf(CallAbortedError);
    expect(calls).to.equal(0);
  });

  it('tells a deadline from an abort', async () => {
    await start({ getStatus: () => {} });
    const controller = new AbortController();
    for (const options of [{ timeoutMs: 50 }, { deadline: new Date(Date.now() + 50) }]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const error = await failure(client.getStatus({ ...options, signal: controller.signal }));
      expect(error).to.be.an.instanceOf(ModelServerError);
      expect(error).not.to.be.an.instanceOf(CallAbortedError);
      expect(error).to.include({ code: status.DEADLINE_EXCEEDED });
    }
  });

  it('has a default timeout for all but fit', async () => {
    await start({ getStatus: () => {}, fit: (_call, callback) => setTimeout(() => callback(null, answer), 100) });
    const answer = FitResponse.fromPartial({ model: { name: 'a' } });
    client.close();
    client = new ModelServerClient(server.address, { timeoutMs: 30 });
    expect(await failure(client.getStatus())).to.include({ codeName: 'DEADLINE_EXCEEDED' });
    const model = await client.fit({ name: 'a', estimator: { xgbClassifier: {} }, x: [[1]], y: ['a'] });
    expect(model.name).to.equal('a');
  });

  it('sends and receives more than the usual 4 MiB', async () => {
    await start({
      predict: (call, callback) =>
        callback(
          null,
          PredictResponse.fromPartial({ labels: { strings: [String(call.request.x?.raw?.data.length)] } }),
        ),
    });
    const data = new Float64Array(800_000);
    const error = await failure(client.predict({ name: 'a', x: { rows: 800_000, columns: 1, data } }));
    // The fake server keeps gRPC's limit: the message got there, and the answer is its own.
    expect(error).to.include({ codeName: 'RESOURCE_EXHAUSTED', reason: undefined });
    expect((error as Error).message).to.match(/larger than max/i);
  });

  it('waits until the server serves', async () => {
    let checks = 0;
    await start({
      check: (_call, callback) =>
        callback(
          null,
          HealthCheckResponse.create({
            status:
              ++checks < 3 ? HealthCheckResponse_ServingStatus.NOT_SERVING : HealthCheckResponse_ServingStatus.SERVING,
          }),
        ),
    });
    expect(await client.health()).to.equal('NOT_SERVING');
    await client.waitForReady();
    expect(checks).to.equal(3);
  });

  it('waits for a server that is not there yet, and says what was wrong when it does not come', async () => {
    await start({});
    server.kill();
    const error = await failure(client.waitForReady({ timeoutMs: 300 }));
    expect(error).to.include({ codeName: 'DEADLINE_EXCEEDED' });
    expect((error as Error).message).to.include(`${server.address} is not ready`);
    expect((error as Error).cause).to.include({ codeName: 'UNAVAILABLE' });
    const aborted = failure(client.waitForReady({ signal: AbortSignal.timeout(50) }));
    expect(await aborted).to.be.an.instanceOf(CallAbortedError);
  });

  it('says that a server which takes the call and never answers is not ready', async () => {
    await start({ check: () => undefined });
    const error = await failure(client.waitForReady({ timeoutMs: 100 }));
    expect(error).to.include({ codeName: 'DEADLINE_EXCEEDED' });
    expect((error as Error).message).to.include(`${server.address} is not ready`);
  });

  it('fails calls after it was closed', async () => {
    await start({});
    client[Symbol.dispose]();
    await client[Symbol.asyncDispose]();
    expect(await failure(client.getStatus())).to.include({ message: 'the client is closed' });
  });
});
