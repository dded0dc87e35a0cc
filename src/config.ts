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
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** The largest message that the server takes or sends, in bytes. */
  readonly maxMessageBytes: number;
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
  HOST: text.default('127.0.0.1'),
  PORT: integer(0, 65_535).default(50_051),
  MAX_MESSAGE_BYTES: integer(1024, 2_147_483_647).default(268_435_456),
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
  const given = Object.keys(settings.shape).map((name) => [name, environment[name]?.trim() || undefined]);
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
  return Object.freeze({
    modelsPath: values.MODELS_PATH,
    trainingCores: values.TRAINING_CORES,
    maxInferenceModels: values.MAX_INFERENCE_MODELS,
    host: values.HOST,
    port: values.PORT,
    maxMessageBytes: values.MAX_MESSAGE_BYTES,
    shutdownGraceSeconds: values.SHUTDOWN_GRACE_SECONDS,
    trainingMemoryMb: values.TRAINING_MEMORY_MB,
    logLevel: values.LOG_LEVEL,
  });
}
