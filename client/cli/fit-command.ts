import { type Command, InvalidArgumentError, Option } from 'commander';
import { findColumns, labelColumn, readTable } from '../csv/csv-columns.js';
import { readCsv } from '../csv/csv-file.js';
import type { FitRequest } from '../fit-request.js';
import type { Model } from '../model.js';
import { action, type Context } from './context.js';
import { describeModel } from './describe-model.js';
import { estimatorNames, parseEstimator } from './hyperparameters.js';
import { noteColumns } from './note-columns.js';
import { locateRefusal } from './refused-cell.js';
import { ShownFit } from './shown-fit.js';
import { type KindOptions, toldKinds } from './told-kinds.js';
import { UsageError } from './usage-error.js';

interface FitOptions extends KindOptions {
  readonly estimator: string;
  readonly label: string;
  readonly param?: readonly string[];
  readonly seed: number;
  readonly validationFraction?: number;
  readonly earlyStoppingRounds?: number;
  readonly balanced?: boolean;
  readonly requestId?: string;
}

/** `modelserver fit NAME FILE.csv --estimator KIND --label COLUMN …` */
export function addFitCommand(program: Command): void {
  const command = program
    .command('fit')
    .description('train a model on a CSV file, and store it')
    .argument('<name>', 'the name of the model')
    .argument(
      '<file>',
      'a CSV file with a header; all columns but the label are features, numeric or categorical as their cells tell',
    )
    .addOption(new Option('--estimator <kind>', 'what to train').choices(estimatorNames).makeOptionMandatory())
    .requiredOption('--label <column>', 'the column that holds the labels')
    .option('--param <key=value>', 'a hyperparameter, for example n_estimators=10 (repeatable)', collect)
    .option('--categorical <columns>', 'columns to take as categories, though they look like numbers: a,b', collect)
    .option('--numeric <columns>', 'columns that must hold numbers, or nothing: a,b', collect)
    .option('--seed <number>', 'seed of every random draw', parseSeed, 0)
    .option('--validation-fraction <share>', 'share of the rows to hold out and score on', parseNumber)
    .option('--early-stopping-rounds <count>', 'end boosting after so many rounds without a better score', parseNumber)
    .option('--balanced', 'have each class weigh as much as the others')
    .option('--request-id <id>', 'makes it safe to repeat the command: the same id answers with the same model');
  action<[string, string], FitOptions>(command, fit, { defaultTimeoutSeconds: Infinity });
}

async function fit(context: Context, options: FitOptions, name: string, path: string): Promise<void> {
  const estimator = parseEstimator(options.estimator, options.param ?? []);
  const file = await readCsv(path);
  const y = labelColumn(file, options.label);
  const features = file.header.filter((column) => column !== options.label);
  if (features.length === 0) throw new UsageError(`${path}: has no columns besides the label`);
  const told = toldKinds(file, options, options.label);
  const columns = findColumns(file, features, told);
  const x = readTable(file, columns, '--numeric names its column');
  noteColumns(context, file, columns, told);
  const { seed, validationFraction, earlyStoppingRounds, requestId } = options;
  const model = await fitWithProgress(context, {
    name,
    estimator,
    x,
    y,
    seed,
    validationFraction,
    earlyStoppingRounds,
    classWeight: options.balanced ? 'balanced' : undefined,
    requestId,
  }).catch((error: unknown) => {
    throw locateRefusal(error, file, columns);
  });
  context.result({ model }, () => describeModel(model, context.style));
  context.note(`\n\`modelserver load ${name}\` makes it ready for predictions`);
}

async function fitWithProgress({ client, call, json }: Context, request: FitRequest): Promise<Model> {
  if (json) return client.fit(request, call);
  using shown = new ShownFit(request.name, process.stderr);
  return await client.fit(request, { ...call, onProgress: (progress) => shown.update(progress) });
}

function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}

function parseNumber(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || Number.isNaN(number)) throw new InvalidArgumentError('must be a number');
  return number;
}

function parseSeed(text: string): number {
  const seed = Number(text);
  if (text === '' || !Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    throw new InvalidArgumentError('must be a whole number from 0 to 4294967295');
  }
  return seed;
}
