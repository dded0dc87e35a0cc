import { join } from 'node:path';
import { resolveEstimator } from '../../src/estimators/catalog.js';
import { ArtifactThread, type ArtifactThreadOptions } from '../../src/model/artifact-thread.js';
import type { FitEnvelope, TrainingRows } from '../../src/model/fits.js';
import type { ModelView } from '../../src/model/model.js';
import { ModelService } from '../../src/model/service.js';
import { ModelStore } from '../../src/model/store.js';
import { TrainingPool } from '../../src/training/pool.js';
import { lcg } from './problems.js';
import { temporaryDirectory } from './temporary-directory.js';

export interface TestServiceOptions {
  readonly maxLoadedModels?: number;
  readonly maxLoadedBytes?: number;
  readonly artifacts?: ArtifactThreadOptions;
}

export interface TestFit extends Partial<FitEnvelope> {
  readonly nSamples?: number;
  readonly nFeatures?: number;
  readonly signal?: AbortSignal;
}

/** The use cases on a store of their own, with one training slot and without a port. */
export interface TestService {
  readonly service: ModelService;
  readonly modelsPath: string;
  /** Trains on noise; neighbours unless told otherwise, whose size is that of their rows. */
  fit(name: string, fit?: TestFit): Promise<ModelView>;
  close(): Promise<void>;
}

export async function openTestService(options: TestServiceOptions = {}): Promise<TestService> {
  const directory = await temporaryDirectory();
  const store = await ModelStore.open(join(directory.path, 'models'));
  const pool = new TrainingPool({ slots: 1, memoryMb: 4096 });
  const artifacts = new ArtifactThread(options.artifacts);
  const { service } = await ModelService.open({
    store,
    pool,
    artifacts,
    maxLoadedModels: options.maxLoadedModels ?? 3,
    maxLoadedBytes: options.maxLoadedBytes ?? 2 ** 31,
    trainingMemoryMb: 4096,
  });
  return {
    service,
    modelsPath: store.path,
    fit: async (name, { nSamples = 100, nFeatures = 2, signal, ...envelope } = {}) =>
      service.fit(
        { ...defaults, name, ...envelope },
        noise(nSamples, nFeatures, envelope.seed),
        signal ?? new AbortController().signal,
      ),
    close: async () => {
      await pool.close();
      await artifacts.close();
      await store.close();
      await directory.remove();
    },
  };
}

const defaults: Omit<FitEnvelope, 'name'> = {
  estimator: resolveEstimator('k_neighbors_classifier', 'core', {}),
  seed: 0,
  balanced: false,
  validationFraction: 0,
  earlyStoppingRounds: 0,
  featureNames: [],
  categoricalFeatures: [],
  requestId: '',
  replace: false,
};

/** Two classes that nothing tells apart. */
function noise(rows: number, columns: number, seed = 0): TrainingRows {
  const random = lcg(seed);
  return {
    x: { rows, columns, data: Float64Array.from({ length: rows * columns }, random), encoding: 'raw' },
    y: { kind: 'integer', values: Int32Array.from({ length: rows }, (_, row) => row % 2) },
  };
}
