import { expect } from 'chai';
import { readdir } from 'node:fs/promises';
import { connect } from 'node:http2';
import {
  Dtype,
  FitChunk,
  FitStart,
  FitStreamRequest,
  type Labels,
  type Matrix,
} from '../../generated/modelserver/v1/model_server.js';
import { fail, succeed, type TestClient } from '../support/call.js';
import { dynamicClient } from '../support/dynamic-client.js';
import { startLine } from '../support/line.js';
import { blobs, endless, lcg, quick } from '../support/problems.js';
import { framed, headersOf } from '../support/raw-call.js';
import { startTestServer, type TestServer, type TestServerOptions } from '../support/server.js';
import { holdTraining, untilStatus } from '../support/trainings.js';
import { chunksOf, uploader } from '../support/upload.js';

const N_SAMPLES = 90;
const { x, y } = blobs({ perClass: N_SAMPLES / 3 });
const part = (from: number, to: number) => ({ x: { rows: x.rows.slice(from, to) }, y: { strings: y.strings.slice(from, to) } }); // prettier-ignore
const all = part(0, N_SAMPLES);

describe('FitStream', () => {
  let server: TestServer;
  let client: TestClient;
  let uploads: ReturnType<typeof uploader>;

  const serve = async (options: TestServerOptions = {}) => {
    server = await startTestServer({ trainingCores: 1, ...options });
    client = dynamicClient(server.address);
    uploads = uploader(server.address);
  };
  const stop = async () => {
    uploads.close();
    await client.close();
    await server.close();
  };
  const start = (name: string, more: object = {}) => uploads.open().start({ name, estimator: quick, ...more });
  const accepted = async (name: string, more: object = {}) => start(name, more).heard('accepted');
  const files = async () => (await readdir(server.modelsPath)).filter((name) => name !== '.lock');
  /** Name and slot are free, and nothing is on disk. */
  const expectNothingLeft = async (name: string) => {
    const status = await untilStatus(client, ({ busyTrainingSlots = 0 }) => busyTrainingSlots === 0);
    expect(status.trainings ?? []).to.deep.equal([]);
    expect(await fail(client.call('GetModel', { name }))).to.include({ reason: 'MODEL_NOT_FOUND' });
    expect(await files()).not.to.include(`${name}.safetensors`);
    const again = await accepted(name);
    expect((await again.chunk(all).halfClose().ended).ok).to.equal(true);
    await succeed(client.call('Remove', { name }));
  };

  describe('of a whole training set', () => {
    before(() => serve());
    after(stop);

    it('accepts it, tells of its progress, and ends with the stored model', async () => {
      const upload = await accepted('whole', { nSamples: N_SAMPLES });
      upload.chunk(part(0, 40)).chunk(part(40, 41)).chunk(part(41, N_SAMPLES)).halfClose();
      const model = await succeed(upload.ended);
      expect(model).to.include({ name: 'whole', nSamples: N_SAMPLES, nFeaturesIn: 2, generation: 1 });
      expect(upload.kinds().slice(0, 2)).to.deep.equal(['accepted', 'progress']);
      expect(upload.kinds().at(-1)).to.equal('model');
      await succeed(client.call('Load', { name: 'whole' }));
      const { labels } = await succeed(client.call('Predict', { name: 'whole', x: { rows: x.rows.slice(0, 6) } }));
      expect(labels.strings).to.deep.equal(y.strings.slice(0, 6));
    });

    it('tells of a long training as it goes on, and of nothing before it starts', async () => {
      const upload = await accepted('long', { estimator: endless });
      expect(upload.chunk(part(0, 45)).kinds()).to.deep.equal(['accepted']);
      await upload.chunk(part(45, N_SAMPLES)).halfClose().heard('progress', 4);
      const iterations = upload.messages.flatMap(({ message }) =>
        message?.$case === 'progress' ? [message.value.iteration] : [],
      );
      expect(iterations).to.deep.equal([...new Set(iterations)].toSorted((a, b) => a - b));
      upload.cancel();
      expect(await fail(upload.ended)).to.include({ code: 'CANCELLED' });
      await expectNothingLeft('long');
    });

    it('answers a repetition with the model, without an upload', async () => {
      const first = await accepted('once', { requestId: 'r-1' });
      const model = await succeed(first.chunk(all).halfClose().ended);
      const second = start('once', { requestId: 'r-1' });
      expect(await succeed(second.ended)).to.deep.equal(model);
      expect(second.kinds()).to.deep.equal(['model']);
      expect(await fail(start('once', { requestId: 'r-2' }).ended)).to.include({ reason: 'MODEL_ALREADY_EXISTS' });
    });

    it('replaces a model where it is told to', async () => {
      await succeed((await accepted('again')).chunk(all).halfClose().ended);
      const upload = await accepted('again', { options: { replace: true } });
      expect(await succeed(upload.chunk(all).halfClose().ended)).to.include({ generation: 2 });
    });

    for (const [encoding, matrix, options] of encodings()) {
      for (const [labels, values] of labelsOf()) {
        it(`learns what Fit learns from x as ${encoding} and y as ${labels}, whatever the chunks`, async () => {
          const whole: FitChunk = { x: matrix, y: values, sampleWeight: weights };
          const envelope = { estimator: { lgbmClassifier: { nEstimators: 4, minChildSamples: 5 } }, options };
          const { model } = await succeed(
            client.call('Fit', { name: 'unary', ...envelope, ...(FitChunk.toJSON(whole) as object) }),
          );
          await succeed(client.call('Remove', { name: 'unary' }));
          for (const [size, nSamples] of [[1], [7, N_SAMPLES], [64], [N_SAMPLES, N_SAMPLES]]) {
            const upload = await accepted('streamed', { ...envelope, nSamples });
            for (const chunk of chunksOf(whole, N_SAMPLES, size)) upload.send(chunk);
            const streamed = await succeed(upload.halfClose().ended);
            expect(streamed.sha256, `chunks of ${size}`).to.equal(model.sha256);
            await succeed(client.call('Remove', { name: 'streamed' }));
          }
        });
      }
    }
  });

  describe('on a server without a free slot', () => {
    before(() => serve());
    after(stop);

    it('is refused before the upload', async () => {
      const held = await holdTraining(client, 'held');
      const upload = start('late');
      expect(await fail(upload.ended)).to.include({ reason: 'NO_FREE_TRAINING_SLOT', hasRetryInfo: true });
      expect(upload.kinds()).to.deep.equal([]);
      await held.release();
      await expectNothingLeft('late');
    });

    it('takes name and slot at its start, before there are rows', async () => {
      const upload = await accepted('mine');
      expect(await fail(start('mine').ended)).to.include({ reason: 'MODEL_ALREADY_EXISTS' });
      expect(await fail(start('other').ended)).to.include({ reason: 'NO_FREE_TRAINING_SLOT' });
      const refused = await fail(client.call('Fit', { name: 'third', estimator: quick, ...all }));
      expect(refused).to.include({ reason: 'NO_FREE_TRAINING_SLOT' });
      const { trainings = [] } = await untilStatus(client, () => true);
      expect(trainings.map(({ name }) => name)).to.deep.equal(['mine']);
      await succeed(upload.chunk(all).halfClose().ended);
      await succeed(client.call('Remove', { name: 'mine' }));
    });
  });

  describe('with something wrong', () => {
    before(() => serve({ trainingMemoryMb: 64 }));
    after(stop);

    const wrongStarts: [string, object, string, string?][] = [
      ['a bad name', { name: '../up' }, 'name'],
      ['no estimator', { estimator: {} }, 'estimator'],
      ['a bad hyperparameter', { estimator: { kNeighborsClassifier: { nNeighbors: 0 } } }, 'estimator.k_neighbors_classifier.n_neighbors'], // prettier-ignore
      ['bad options', { options: { validationFraction: 1 } }, 'options.validation_fraction'],
      ['one row to come', { nSamples: 1 }, 'start.n_samples'],
    ];
    for (const [what, change, field] of wrongStarts) {
      it(`refuses ${what} at its start, before name and slot`, async () => {
        const held = await holdTraining(client, 'wrong');
        const upload = start('wrong', change);
        expect(await fail(upload.ended)).to.deep.include({ reason: 'INVALID_REQUEST', fields: [field] });
        expect(upload.kinds()).to.deep.equal([]);
        await held.release();
        await expectNothingLeft('wrong');
      });
    }

    it('refuses a stream that does not begin with start', async () => {
      for (const upload of [uploads.open().chunk(all), uploads.open().nothing(), uploads.open().halfClose()]) {
        expect(await fail(upload.ended)).to.deep.include({ code: 'INVALID_ARGUMENT', fields: ['start'] });
      }
    });

    it('refuses bytes that are no message, at its start and later', async () => {
      const first = uploads.open().bytes(Buffer.from([0x0a, 0x7f]));
      expect(await fail(first.ended)).to.include({ code: 'INVALID_ARGUMENT', reason: 'INVALID_REQUEST' });
      for (const bytes of [Buffer.from([0x12, 0x7f]), Buffer.alloc(100_000, 0x12)]) {
        const upload = (await accepted('wrong')).chunk(part(0, 9)).bytes(bytes);
        expect(await fail(upload.ended)).to.include({ code: 'INVALID_ARGUMENT', reason: 'INVALID_REQUEST' });
        await expectNothingLeft('wrong');
      }
    });

    it('refuses a second start, and a message of neither kind', async () => {
      const twice = (await accepted('wrong')).chunk(part(0, 9)).start({ name: 'wrong', estimator: quick });
      expect(await fail(twice.ended)).to.deep.include({ reason: 'INVALID_REQUEST', fields: ['start'] });
      await expectNothingLeft('wrong');
      const neither = (await accepted('wrong')).nothing();
      expect(await fail(neither.ended)).to.deep.include({ reason: 'INVALID_REQUEST', fields: ['chunk'] });
      await expectNothingLeft('wrong');
    });

    const rows = part(0, 3);
    const raw = (columns: number, dtype = 'DTYPE_FLOAT64', nRows = 3) => ({
      raw: { rows: nRows, columns, dtype, data: Buffer.alloc(nRows * columns * (dtype === 'DTYPE_FLOAT64' ? 8 : 4)).toString('base64') }, // prettier-ignore
    });
    const table = (...columns: object[]) => ({ columns });
    const a = { name: 'a', numbers: [1, 2, 3] };
    const b = { name: 'b', strings: ['p', 'q', 'p'] };
    const ints = { ints: [1, 2, 1] };
    const wrongChunks: [string, object[], string][] = [
      ['an empty chunk', [{}], 'chunk.x'],
      ['a chunk without labels', [{ x: rows.x }], 'chunk.y'],
      ['two encodings of x', [{ x: { ...rows.x, ...raw(2) }, y: ints }], 'chunk.x'],
      ['two encodings of y', [{ x: rows.x, y: { ...ints, ...rows.y } }], 'chunk.y'],
      ['rows without values', [{ x: { rows: [{}, {}, {}] }, y: ints }], 'chunk.x.rows[0].values'],
      ['fewer labels than rows', [{ x: rows.x, y: { ints: [1, 2] } }], 'chunk.y.ints'],
      [
        'half a packed label',
        [{ x: rows.x, y: { rawInt32: Buffer.alloc(11).toString('base64') } }],
        'chunk.y.raw_int32',
      ],
      ['more packed labels than rows', [{ x: rows.x, y: { rawInt32: Buffer.alloc(16).toString('base64') } }], 'chunk.y.raw_int32'], // prettier-ignore
      ['fewer weights than rows', [{ ...rows, sampleWeight: [1, 2] }], 'chunk.sample_weight'],
      ['no rows in packed numbers', [{ x: raw(2, 'DTYPE_FLOAT64', 0), y: ints }], 'chunk.x.raw.rows'],
      ['no columns in packed numbers', [{ x: raw(0), y: ints }], 'chunk.x.raw.columns'],
      ['packed numbers of no type', [{ x: raw(2, 'DTYPE_UNSPECIFIED'), y: ints }], 'chunk.x.raw.dtype'],
      ['packed numbers of another count', [{ x: { raw: { ...raw(2).raw, rows: 4 } }, y: { ints: [1, 2, 1, 2] } }], 'chunk.x.raw.data'], // prettier-ignore
      ['two columns of one name', [{ x: table(a, a), y: ints }], 'chunk.x.columns[1].name'],
      ['a column of both kinds', [{ x: table(a, { ...b, numbers: [1] }), y: ints }], 'chunk.x.columns[1]'],
      ['columns of two lengths', [{ x: table(a, { ...b, strings: ['p'] }), y: ints }], 'chunk.x.columns[1].strings'],
      ['another encoding of x', [rows, { x: raw(2), y: rows.y }], 'chunk.x'],
      ['a row of another length', [rows, { x: { rows: [...rows.x.rows.slice(0, 2), { values: [1] }] }, y: rows.y }], 'chunk.x.rows[5].values'], // prettier-ignore
      ['rows of another length', [rows, { x: { rows: [{ values: [1] }] }, y: { strings: ['a'] } }], 'chunk.x.rows'],
      [
        'another width',
        [
          { x: raw(2), y: ints },
          { x: raw(3), y: ints },
        ],
        'chunk.x.raw.columns',
      ],
      [
        'another type of numbers',
        [
          { x: raw(2), y: ints },
          { x: raw(2, 'DTYPE_FLOAT32'), y: ints },
        ],
        'chunk.x.raw.dtype',
      ],
      [
        'another number of columns',
        [
          { x: table(a, b), y: ints },
          { x: table(a), y: ints },
        ],
        'chunk.x.columns',
      ],
      [
        'another order of columns',
        [
          { x: table(a, b), y: ints },
          { x: table(b, a), y: ints },
        ],
        'chunk.x.columns[0].name',
      ],
      ['another kind of column', [{ x: table(a, b), y: ints }, { x: table(a, { ...a, name: 'b' }), y: ints }], 'chunk.x.columns[1].numbers'], // prettier-ignore
      ['another encoding of y', [rows, { ...rows, y: ints }], 'chunk.y.ints'],
      ['weights in some chunks only', [rows, { ...rows, sampleWeight: [1, 2, 3] }], 'chunk.sample_weight'],
      [
        'a label beyond reason',
        [rows, { x: rows.x, y: { strings: ['a', 'b', 'c'.repeat(1025)] } }],
        'chunk.y.strings[5]',
      ],
      ['a category beyond reason', [{ x: table(a, b), y: ints }, { x: table(a, { ...b, strings: ['p', 'q', 'r'.repeat(16_384)] }), y: ints }], 'chunk.x.columns[1].strings[5]'], // prettier-ignore
    ];
    for (const [what, chunks, field] of wrongChunks) {
      it(`refuses ${what}`, async () => {
        const estimator = { lgbmClassifier: { nEstimators: 1 } };
        const upload = await accepted('wrong', { estimator });
        for (const chunk of chunks) upload.chunk(chunk);
        expect(await fail(upload.ended)).to.deep.include({ reason: 'INVALID_REQUEST', fields: [field] });
        await expectNothingLeft('wrong');
      });
    }

    it('refuses options that do not fit the first chunk, and weights that the estimator does not take', async () => {
      const wrong: [object, object, string, string][] = [
        [{ options: { featureNames: ['one'] } }, all, 'options.feature_names', 'INVALID_REQUEST'],
        [{ options: { categoricalFeatures: [2] } }, all, 'options.categorical_features[0]', 'INVALID_REQUEST'],
        [{}, { ...rows, sampleWeight: [1, 1, 1] }, 'chunk.sample_weight', 'NOT_IMPLEMENTED'],
      ];
      for (const [options, chunk, field, reason] of wrong) {
        const upload = await accepted('wrong', options);
        expect(await fail(upload.chunk(chunk).ended)).to.deep.include({ reason, fields: [field] });
        await expectNothingLeft('wrong');
      }
    });

    it('refuses an upload of no rows, or of one', async () => {
      const none = (await accepted('wrong')).halfClose();
      expect(await fail(none.ended)).to.deep.include({ reason: 'INVALID_REQUEST', fields: ['chunk'] });
      await expectNothingLeft('wrong');
      const one = (await accepted('wrong')).chunk(part(0, 1)).halfClose();
      expect(await fail(one.ended)).to.deep.include({ reason: 'INVALID_REQUEST', fields: ['chunk.x'] });
      await expectNothingLeft('wrong');
    });

    it('refuses another number of rows than was told: more at once, fewer at the half-close', async () => {
      const more = (await accepted('wrong', { nSamples: 50 })).chunk(part(0, 50)).chunk(part(50, 51));
      expect(await fail(more.ended)).to.deep.include({ reason: 'INVALID_REQUEST', fields: ['start.n_samples'] });
      await expectNothingLeft('wrong');
      const fewer = (await accepted('wrong', { nSamples: 50 })).chunk(part(0, 49)).halfClose();
      const failure = await fail(fewer.ended);
      expect(failure).to.deep.include({ reason: 'INVALID_REQUEST', fields: ['start.n_samples'] });
      expect(failure.message).to.contain('50').and.to.contain('49');
      await expectNothingLeft('wrong');
    });

    it('names what the training finds in the values as Fit does, with the rows of all chunks counted', async () => {
      const infinite = { x: { rows: [{ values: [1, 2] }, { values: [1, 'Infinity'] }] }, y: { strings: ['a', 'b'] } };
      const upload = (await accepted('wrong')).chunk(part(0, 10)).chunk(infinite).chunk(part(10, 20)).halfClose();
      expect(await fail(upload.ended)).to.deep.include({ fields: ['x.rows[11].values[1]'] });
      await expectNothingLeft('wrong');
      const alike = (await accepted('wrong')).chunk(part(0, 1)).chunk(part(0, 1)).halfClose();
      expect(await fail(alike.ended)).to.deep.include({ fields: ['y'] });
      await expectNothingLeft('wrong');
    });

    it('refuses rows beyond the memory of a training: told ones before room is made, others when they come', async () => {
      const told = (await accepted('wrong', { nSamples: 2 ** 32 - 1 })).chunk(all);
      const failure = await fail(told.ended);
      expect(failure).to.include({ code: 'RESOURCE_EXHAUSTED', reason: 'TRAINING_MEMORY_LIMIT' });
      expect(failure.message).to.match(/^4294967295 rows alone take 81920 MB, and TRAINING_MEMORY_MB allows 64/);
      await expectNothingLeft('wrong');

      const upload = await accepted('wrong');
      const large = FitChunk.fromJSON({ x: raw(100_000), y: ints });
      for (let i = 0; i < 40; i++) upload.send(large);
      expect(await fail(upload.ended)).to.include({ code: 'RESOURCE_EXHAUSTED', reason: 'TRAINING_MEMORY_LIMIT' });
      await expectNothingLeft('wrong');
    });
  });

  describe('that is cancelled', () => {
    before(() => serve());
    after(stop);

    it('before its start leaves no call behind', async () => {
      const upload = uploads.open();
      await untilStatus(client, () => true);
      expect(await fail(upload.cancel().ended)).to.include({ code: 'CANCELLED' });
      await expectNothingLeft('left');
    });

    it('once it is accepted, or between chunks, leaves nothing', async () => {
      const early = await accepted('left');
      expect(await fail(early.cancel().ended)).to.include({ code: 'CANCELLED' });
      await expectNothingLeft('left');
      const between = (await accepted('left', { nSamples: N_SAMPLES })).chunk(part(0, 30)).chunk(part(30, 60));
      expect(await fail(between.cancel().ended)).to.include({ code: 'CANCELLED' });
      await expectNothingLeft('left');
    });

    it('in training leaves nothing', async () => {
      const upload = (await accepted('left', { estimator: endless })).chunk(all).halfClose();
      await upload.heard('progress', 2);
      expect(await fail(upload.cancel().ended)).to.include({ code: 'CANCELLED' });
      await expectNothingLeft('left');
    });

    it('after its model was stored undoes nothing', async () => {
      const upload = uploads.open({ reads: false }).start({ name: 'kept', estimator: quick }).chunk(all).halfClose();
      for (;;) {
        const outcome = await client.call('GetModel', { name: 'kept' });
        if (outcome.ok && outcome.response.model.state === 'MODEL_STATE_STORED') break;
      }
      upload.cancel();
      expect((await succeed(client.call('GetModel', { name: 'kept' }))).model.sha256).to.have.length(64);
      await succeed(client.call('Remove', { name: 'kept' }));
    });

    it('by its deadline leaves nothing, in the upload and in the training', async () => {
      const upload = uploads.open({ timeoutMs: 300 }).start({ name: 'left', estimator: quick }).chunk(part(0, 9));
      expect(await fail(upload.ended)).to.include({ code: 'DEADLINE_EXCEEDED' });
      await expectNothingLeft('left');
      const training = uploads.open({ timeoutMs: 500 }).start({ name: 'left', estimator: endless });
      expect(await fail(training.chunk(all).halfClose().ended)).to.include({ code: 'DEADLINE_EXCEEDED' });
      await expectNothingLeft('left');
    });

    it('by a broken connection leaves nothing, in the upload and in the training', async () => {
      for (const isWhole of [false, true]) {
        const line = await startLine(server.port);
        const vanishing = uploader(line.address);
        const upload = vanishing.open().start({ name: 'left', estimator: endless }).chunk(all);
        await upload.heard('accepted');
        if (isWhole) await upload.halfClose().heard('progress', 2);
        line.cut();
        expect(await fail(upload.ended)).to.include({ code: 'UNAVAILABLE' });
        vanishing.close();
        await expectNothingLeft('left');
      }
    });
  });

  describe('whose client does not read', () => {
    before(() => serve());
    after(stop);

    it('trains all the same, and ends with the model when it does', async () => {
      const upload = uploads.open({ reads: false }).start({ name: 'unread', estimator: quick }).chunk(all).halfClose();
      await untilStatus(client, (status) => Reflect.get(status, 'storedModels') === 1);
      expect(upload.kinds()).to.deep.equal([]);
      expect(await succeed(upload.read().ended)).to.include({ name: 'unread' });
      expect(upload.kinds().slice(0, 2)).to.deep.equal(['accepted', 'progress']);
    });

    it('ends with its deadline, although its client can hear nothing of it', async () => {
      // It lets the server send nothing of a body, and a status comes after the body only.
      const session = connect(`http://${server.address}`, { settings: { initialWindowSize: 0 } });
      const call = session.request({ ...headersOf('FitStream'), 'grpc-timeout': '2S' });
      const messages: FitStreamRequest['message'][] = [
        { $case: 'start', value: FitStart.fromJSON({ name: 'deaf', estimator: endless }) },
        { $case: 'chunk', value: FitChunk.fromJSON(all) },
      ];
      for (const message of messages) call.write(framed(FitStreamRequest.encode({ message }).finish()));
      call.end();
      await untilStatus(client, ({ busyTrainingSlots = 0 }) => busyTrainingSlots === 1);
      await expectNothingLeft('deaf');
      expect(call.closed).to.equal(false);
      session.destroy();
    });
  });

  describe('that stands still', () => {
    before(() => serve({ standstillMs: 500 }));
    after(stop);

    it('is ended, and leaves nothing: before its start, once it is accepted, and between chunks', async () => {
      const waiting = [uploads.open(), await accepted('still')];
      const [unstarted, started] = await Promise.all(waiting.map(async (upload) => fail(upload.ended)));
      for (const failure of [unstarted, started]) {
        expect(failure).to.include({ code: 'DEADLINE_EXCEEDED', reason: 'DEADLINE_EXCEEDED' });
      }
      expect(unstarted.message).to.contain('stood still: no message came for 0.5 s');
      await expectNothingLeft('still');
      const between = (await accepted('still')).chunk(part(0, 30));
      expect(await fail(between.ended)).to.include({ reason: 'DEADLINE_EXCEEDED' });
      await expectNothingLeft('still');
    });

    it('is not ended while the server trains', async () => {
      const upload = (await accepted('busy', { estimator: endless })).chunk(all).halfClose();
      // More than 0.5 s, at a tenth of a second each.
      await upload.heard('progress', 7);
      expect(await fail(upload.cancel().ended)).to.include({ code: 'CANCELLED' });
      await expectNothingLeft('busy');
    });
  });

  describe('on a server that shuts down', () => {
    beforeEach(() => serve());
    afterEach(stop);

    it('goes on to its end within the grace period', async () => {
      const upload = (await accepted('last')).chunk(part(0, 30));
      const stopped = server.stop();
      await succeed(upload.chunk(part(30, N_SAMPLES)).halfClose().ended);
      await stopped;
      expect(await files()).to.deep.equal(['last.safetensors']);
    });

    it('is cancelled after it, and leaves nothing', async () => {
      const upload = (await accepted('last')).chunk(part(0, 30));
      const hurry = new AbortController();
      const stopped = server.stop({ hurry: hurry.signal });
      hurry.abort();
      expect(await fail(upload.ended)).to.include({ code: 'UNAVAILABLE', reason: 'SERVER_SHUTTING_DOWN' });
      await stopped;
      expect(await files()).to.deep.equal([]);
    });
  });
});

const random = lcg(7);
const weights = Array.from({ length: N_SAMPLES }, () => 1 + Math.floor(random() * 3));

/** One table in all encodings; words and integers as categories where they can be. */
function encodings(): [string, Matrix, object?][] {
  const values = x.rows.map((row, i) => [...row.values, i % 4]);
  const raw = (type: typeof Float32Array | typeof Float64Array, dtype: Dtype): Matrix => ({
    rows: [],
    raw: { rows: N_SAMPLES, columns: 3, dtype, data: Buffer.from(new type(values.flat()).buffer) },
    columns: [],
  });
  const numbers = (column: number) => values.map((row) => row[column]);
  return [
    ['rows', { rows: values.map((row) => ({ values: row })), raw: undefined, columns: [] }],
    ['rows with categories', { rows: values.map((row) => ({ values: row })), raw: undefined, columns: [] }, { categoricalFeatures: [2] }], // prettier-ignore
    ['float32', raw(Float32Array, Dtype.DTYPE_FLOAT32)],
    ['float64', raw(Float64Array, Dtype.DTYPE_FLOAT64)],
    [
      'columns',
      {
        rows: [],
        raw: undefined,
        columns: [
          { name: 'a', numbers: numbers(0), strings: [] },
          { name: 'b', numbers: [], strings: numbers(2).map((value) => `word ${value}`) },
          { name: 'c', numbers: numbers(1), strings: [] },
        ],
      },
    ],
  ];
}

function labelsOf(): [string, Labels][] {
  const codes = y.strings.map((label) => label.charCodeAt(0));
  return [
    ['strings', { strings: y.strings, ints: [] }],
    ['ints', { strings: [], ints: codes.map((code) => BigInt(code) ** 8n) }],
    ['raw_int32', { strings: [], ints: [], rawInt32: Buffer.from(Int32Array.from(codes).buffer) }],
  ];
}
