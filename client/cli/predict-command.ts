import type { Command } from 'commander';
import { accuracy } from '../accuracy.js';
import { type CsvColumn, labelColumn, readTable } from '../csv/csv-columns.js';
import { CsvError } from '../csv/csv-error.js';
import { type CsvFile, readCsv } from '../csv/csv-file.js';
import { toRows } from '../matrix.js';
import type { Feature, Model } from '../model.js';
import { formatList, formatShare } from '../terminal/format.js';
import { action, type Context } from './context.js';
import { type PredictedTable, formatPredictions, writePredictions } from './predicted-table.js';
import { locateRefusal } from './refused-cell.js';
import { unseenCategories } from './unseen-categories.js';

interface PredictOptions {
  readonly probabilities?: boolean;
  readonly output?: string;
  readonly label?: string;
}

/** How many columns are named in a message. */
const MOST_NAMES = 20;

/** `modelserver predict NAME FILE.csv [--probabilities] [--label COLUMN] [--output FILE]` */
export function addPredictCommand(program: Command): void {
  const command = program
    .command('predict')
    .description('predict the labels of the rows of a CSV file, with a loaded model')
    .argument('<name>', 'the name of a loaded model')
    .argument('<file>', "a CSV file with a header; columns are matched by the features' names, others are ignored")
    .option('--probabilities', 'the probability of each class, too')
    .option('--label <column>', 'a column with the right labels, to report the accuracy')
    .option('--output <file>', 'write all predictions to a CSV file');
  action<[string, string], PredictOptions>(command, predict);
}

async function predict(context: Context, options: PredictOptions, name: string, path: string): Promise<void> {
  const { client, call, style } = context;
  const file = await readCsv(path);
  const actual = options.label === undefined ? undefined : labelColumn(file, options.label);
  const model = await client.getModel(name, call);
  const features = matchFeatures(context, file, model, options.label);
  const x = readTable(file, features.map(columnOf), `${name} takes numbers there`);
  const unseen = unseenCategories(file, features);
  if (unseen.length > 0) context.note(`${unseen.join('\n')}\n`);
  const prediction = await client
    .predict({ name, x, probabilities: options.probabilities }, call)
    .catch((error: unknown) => {
      throw locateRefusal(error, file, features);
    });

  const probabilities = prediction.probabilities && toRows(prediction.probabilities);
  const predicted: PredictedTable = { labels: prediction.labels, classes: model.classes ?? [], probabilities };
  if (options.output !== undefined) await writePredictions(options.output, predicted);

  const { labels, classes } = predicted;
  const share = actual && accuracy(labels, actual);
  const { output } = options;
  const document = { model: name, generation: prediction.generation, classes, labels, probabilities };
  context.result({ ...document, accuracy: share, output }, () =>
    [
      output === undefined ? formatPredictions(predicted, style) : `  ${labels.length} predictions are in ${output}`,
      share === undefined ? '' : `\n  accuracy  ${style.bold(formatShare(share))} of ${labels.length} rows`,
    ]
      .filter((part) => part !== '')
      .join('\n'),
  );
}

/** What the feature's column is read as: the values that a model was trained on come again. */
function columnOf({ name, kind, integerCategories = false }: Feature): CsvColumn {
  return { name, kind: integerCategories ? 'numeric' : kind };
}

/** The columns that the model needs; says which others are ignored. */
function matchFeatures(context: Context, file: CsvFile, model: Model, label: string | undefined): readonly Feature[] {
  const names = model.features.map((feature) => feature.name);
  const missing = names.filter((feature) => !file.header.includes(feature));
  if (missing.length > 0) {
    throw new CsvError(
      `${file.path}: lacks ${missing.length} of the ${names.length} features of ${model.name}: ${formatList(missing, MOST_NAMES)}; ` +
        `its columns are ${formatList(file.header, MOST_NAMES)}`,
    );
  }
  const ignored = file.header.filter((column) => column !== label && !names.includes(column));
  if (ignored.length > 0)
    context.note(`ignored, since the model does not know them: ${formatList(ignored, MOST_NAMES)}\n`);
  return model.features;
}
