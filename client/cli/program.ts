import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { EXIT_CODES_HELP } from './exit-codes.js';
import { addFitCommand } from './fit-command.js';
import { addModelCommands } from './model-commands.js';
import { addPredictCommand } from './predict-command.js';
import { addServerCommands } from './server-commands.js';

const EXAMPLES = `Examples:
  $ modelserver fit iris iris.csv --estimator random_forest_classifier --label species --param n_estimators=50
  $ modelserver fit churn customers.csv --estimator lgbm_classifier --label churned --categorical zip,shop
  $ modelserver load iris
  $ modelserver predict iris new-flowers.csv --probabilities
  $ modelserver list --json`;

/** The whole command line; a wrong one throws a CommanderError after its message has been printed. */
export function createProgram(): Command {
  const program = new Command('modelserver')
    .description('Trains, stores, loads and asks models on a ModelServer.')
    .version(readVersion())
    .addOption(new Option('--address <host:port>', 'the server').env('MODELSERVER_ADDRESS').default('127.0.0.1:50051'))
    .option('--json', 'print one JSON document, for programs')
    .option('--timeout <seconds>', 'give up after so long (default: 60, health 3, fit never)', parseSeconds)
    .addHelpText('after', `\n${EXAMPLES}\n\n${EXIT_CODES_HELP}`)
    // A subcommand inherits these settings at its creation, so they come first.
    .configureHelp({ showGlobalOptions: true })
    .exitOverride();
  addFitCommand(program);
  addPredictCommand(program);
  addModelCommands(program);
  addServerCommands(program);
  return program;
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (text === '' || !(seconds > 0)) throw new InvalidArgumentError('must be a number of seconds above 0');
  return seconds;
}

function readVersion(): string {
  // Compiled, this file is in dist/client/cli.
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  return version as string;
}
