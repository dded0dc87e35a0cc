import { availableParallelism } from 'node:os';
import { z } from 'zod';

/** The server's settings, checked and frozen. */
export interface Config {
  /** Directory of the stored models. */
  readonly modelsPath: string;
  /** How many trainings can run at once, each on a thread of its own. */
  readonly trainingCores: number;
  /** How many models may be in memory at once. */
  readonly maxInferenceModels: number;
  /** The most memory of all models in memory together, in MiB. */
  readonly maxInferenceMemoryMb: number;
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** The largest message that the server takes or sends, in bytes. */
  readonly maxMessageBytes: number;
  /** The most bytes of messages of all calls together that are under way at a time. */
  readonly maxInflightBytes: number;
  /** How long calls and trainings in flight may go on after SIGTERM. */
  readonly shutdownGraceSeconds: number;
  /** The most memory of one training, in MiB: of its estimate, and of its thread's heap. */
  readonly trainingMemoryMb: number;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
}

/** Everything that is wrong with the settings, one line a fault. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly faults: readonly string[]) {
    super(`the settings are not usable:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
  }
}

function integer(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^[+-]?\d+$/, message)
    .transform(Number)
    .pipe(z.number().min(min, message).max(max, message));
}

const text = z.string().min(1, 'must not be empty');
const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** The settings by their names in the environment, with their ranges and defaults. */
export const settings = z.object({
  MODELS_PATH: text.default('./models'),
  TRAINING_CORES: integer(1, 256).default(Math.max(1, availableParallelism() - 1)),
  MAX_INFERENCE_MODELS: integer(1, 100_000).default(10),
  MAX_INFERENCE_MEMORY_MB: integer(1, 1_048_576).default(2048),
  HOST: text.default('127.0.0.1'),
  PORT: integer(0, 65_535).default(50_051),
  MAX_MESSAGE_BYTES: integer(1024, 2_147_483_647).default(268_435_456),
  MAX_INFLIGHT_BYTES: integer(1024, 1_099_511_627_776).default(1_073_741_824),
  SHUTDOWN_GRACE_SECONDS: integer(0, 86_400).default(30),
  TRAINING_MEMORY_MB: integer(16, 1_048_576).default(2048),
  LOG_LEVEL: z.enum(logLevels, `must be one of ${logLevels.join(', ')}`).default('info'),
});

/**
 * Reads the settings from environment variables; an empty one counts as unset.
 *
 * @throws ConfigError that names every fault.
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const given = new Map<string, string>();
  for (const name of Object.keys(settings.shape)) {
    const value = environment[name]?.trim();
    if (value) given.set(name, value);
  }
  const result = settings.safeParse(Object.fromEntries(given));
  if (!result.success) {
    throw new ConfigError(
      result.error.issues.map((issue) => {
        const name = String(issue.path[0]);
        return `${name} is ${JSON.stringify(environment[name])}; ${issue.message}`;
      }),
    );
  }
  const values = result.data;
  const { MAX_MESSAGE_BYTES: maxMessageBytes } = values;
  if (given.has('MAX_INFLIGHT_BYTES') && values.MAX_INFLIGHT_BYTES < maxMessageBytes) {
    throw new ConfigError([
      `MAX_INFLIGHT_BYTES is ${values.MAX_INFLIGHT_BYTES}; must be at least MAX_MESSAGE_BYTES, which is ${maxMessageBytes}, so that one message can pass`,
    ]);
  }
  return Object.freeze({
    modelsPath: values.MODELS_PATH,
    trainingCores: values.TRAINING_CORES,
    maxInferenceModels: values.MAX_INFERENCE_MODELS,
    maxInferenceMemoryMb: values.MAX_INFERENCE_MEMORY_MB,
    host: values.HOST,
    port: values.PORT,
    maxMessageBytes,
    maxInflightBytes: Math.max(values.MAX_INFLIGHT_BYTES, maxMessageBytes),
    shutdownGraceSeconds: values.SHUTDOWN_GRACE_SECONDS,
    trainingMemoryMb: values.TRAINING_MEMORY_MB,
    logLevel: values.LOG_LEVEL,
  });
}
