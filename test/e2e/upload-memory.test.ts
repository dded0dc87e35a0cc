import { expect } from 'chai';
import { platform } from 'node:process';
import { join } from 'node:path';
import { Dtype, type FitChunk } from '../../generated/modelserver/v1/model_server.js';
import { succeed } from '../support/call.js';
import { lcg } from '../support/problems.js';
import { type ServerProcess, startServerProcess } from '../support/process.js';
import { forgetPeak, memory } from '../support/resident-memory.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { chunksOf, uploader } from '../support/upload.js';

const N_SAMPLES = 300_000;
const N_FEATURES = 28;
const SIZE = N_SAMPLES * N_FEATURES * Float64Array.BYTES_PER_ELEMENT;
const CHUNK_ROWS = Math.floor(2 ** 20 / (N_FEATURES * Float64Array.BYTES_PER_ELEMENT));
/** The most that the server may take for an upload and its training, by the size of its rows in double precision. */
const SHARE = 2;

describe('the memory of an upload and its training', () => {
  let server: ServerProcess;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let uploads: ReturnType<typeof uploader>;
  let atRest: number;
  before(async function () {
    // Only Linux tells how much memory a process has had at the most.
    if (platform !== 'linux') this.skip();
    directory = await temporaryDirectory();
    // Coverage takes memory too.
    server = await startServerProcess({ MODELS_PATH: join(directory.path, 'models'), TRAINING_CORES: '1', NODE_V8_COVERAGE: '' }); // prettier-ignore
    uploads = uploader(server.address);
    // The thread has come up, and the code is compiled.
    await upload('first', 1000, undefined, { lgbmClassifier: { nEstimators: 3 } });
    atRest = memory(server.child.pid).now;
  });
  after(async () => {
    if (platform !== 'linux') return;
    uploads.close();
    await server.end('SIGTERM');
    await directory.remove();
  });

  async function upload(name: string, count: number, nSamples: number | undefined, estimator: object): Promise<void> {
    const stream = await uploads.open().start({ name, estimator, nSamples }).heard('accepted');
    for (const chunk of chunksOf(whole, count, CHUNK_ROWS)) stream.send(chunk);
    expect(await succeed(stream.halfClose().ended)).to.include({ nSamples: count });
  }

  const whole = trainingSet();
  for (const [kind, estimator] of Object.entries({
    lgbm: { lgbmClassifier: { nEstimators: 3 } },
    xgb: { xgbClassifier: { nEstimators: 3 } },
    forest: { randomForestClassifier: { nEstimators: 3, maxDepth: 8 } },
  })) {
    for (const isTold of [true, false]) {
      it(`of ${kind} is at most ${SHARE} times that of its rows, their number ${isTold ? 'told' : 'not told'}`, async () => {
        const { pid } = server.child;
        forgetPeak(pid);
        await upload(`${kind}-${isTold}`, N_SAMPLES, isTold ? N_SAMPLES : undefined, estimator);
        const share = (memory(pid).peak - atRest) / SIZE;
        expect(share, `${share.toFixed(2)} times the size of the rows`).to.be.within(0.9, SHARE);
      }).timeout(60_000);
    }
  }
});

/** Two classes that overlap. */
function trainingSet(): FitChunk {
  const random = lcg(1);
  const labels = Int32Array.from({ length: N_SAMPLES }, () => Math.floor(2 * random()));
  const data = Float64Array.from({ length: N_SAMPLES * N_FEATURES }, (_, i) => random() + labels[Math.floor(i / N_FEATURES)] / 4); // prettier-ignore
  const raw = { rows: N_SAMPLES, columns: N_FEATURES, dtype: Dtype.DTYPE_FLOAT64, data: Buffer.from(data.buffer) };
  return {
    x: { rows: [], raw, columns: [] },
    y: { strings: [], ints: [], rawInt32: Buffer.from(labels.buffer) },
    sampleWeight: [],
  };
}
