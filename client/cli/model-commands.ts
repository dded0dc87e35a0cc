import type { Command } from 'commander';
import type { Model } from '../model.js';
import { action } from './context.js';
import { describeModel, formatModels } from './describe-model.js';

interface ForceOption {
  readonly force?: boolean;
}

const NAME = ['<name>', 'the name of the model'] as const;
const FORCE = ['--force', 'loaded models, too'] as const;

/** The commands on stored models: load, unload, remove, remove-all, list, show. */
export function addModelCommands(program: Command): void {
  const load = program
    .command('load')
    .description('bring a stored model into memory')
    .argument(...NAME);
  action<[string], object>(load, async ({ client, call, result, style }, _options, name) => {
    const model = await client.load(name, call);
    result({ model }, () => `  ${style.good('loaded')}  ${model.name}`);
  });

  const unload = program
    .command('unload')
    .description('take a model out of memory')
    .argument(...NAME);
  action<[string], object>(unload, async ({ client, call, result }, _options, name) => {
    await client.unload(name, call);
    result({ unloaded: name }, () => `  unloaded  ${name}`);
  });

  const remove = program
    .command('remove')
    .description('delete a stored model')
    .argument(...NAME)
    .option(...FORCE);
  action<[string], ForceOption>(remove, async ({ client, call, result }, { force }, name) => {
    await client.remove(name, { ...call, force });
    result({ removed: name }, () => `  removed  ${name}`);
  });

  const removeAll = program
    .command('remove-all')
    .description('delete all stored models, or none')
    .option(...FORCE);
  action<[], ForceOption>(removeAll, async ({ client, call, result }, { force }) => {
    const removed = await client.removeAll({ ...call, force });
    result({ removed }, () => `  removed  ${removed} ${removed === 1 ? 'model' : 'models'}`);
  });

  const list = program.command('list').description('list all models');
  action<[], object>(list, async ({ client, call, result, style }) => {
    const models: Model[] = [];
    for await (const model of client.allModels(call)) models.push(model);
    result({ models }, () => formatModels(models, style));
  });

  const show = program
    .command('show')
    .description('show everything about a model')
    .argument(...NAME);
  action<[string], object>(show, async ({ client, call, result, style }, _options, name) => {
    const model = await client.getModel(name, call);
    result({ model }, () => describeModel(model, style));
  });
}
