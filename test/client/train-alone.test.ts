import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { Checks } from '../../client/demo/checks.js';
import { loadDataset } from '../../client/demo/dataset.js';
import type { Recipe } from '../../client/demo/recipe.js';
import { Screen } from '../../client/demo/screen.js';
import { ModelNames, type Stage } from '../../client/demo/stage.js';
import { trainAlone } from '../../client/demo/train-alone.js';
import { ModelServerClient } from '../../client/index.js';
import { startTestServer } from '../support/server.js';

describe('a training of the demo that must have some length', () => {
  it('is repeated with more work when it was too short', async () => {
    const server = await startTestServer();
    const client = new ModelServerClient(server.address);
    const output = new PassThrough();
    const screen = new Screen(output as unknown as NodeJS.WriteStream);
    const stage: Stage = {
      client,
      screen,
      checks: new Checks(screen),
      names: new ModelNames(),
      signal: new AbortController().signal,
      targetMs: 60_000,
      leastMs: 50_000,
    };
    const recipe: Recipe = {
      title: 'iris',
      dataset: await loadDataset('iris'),
      firstGuess: 1,
      mostIterations: 20,
      leastAccuracy: 0,
      unit: 'steps',
      estimator: (maxIter) => ({ logisticRegression: { maxIter, engine: 'mljs' } }),
    };
    try {
      const trained = await trainAlone(stage, { recipe, iterations: 2 });
      expect(trained).to.include({ iterations: 20 });
      expect(String(output.read())).to.match(/are less than 50\.0 s, so once more with 20 steps/);
      expect((await client.listModels()).models.map(({ name }) => name)).to.deep.equal([trained.name]);
    } finally {
      client.close();
      await server.close();
    }
  });
});
