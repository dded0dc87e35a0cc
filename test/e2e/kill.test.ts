import { expect } from 'chai';
import { readdir } from 'node:fs/promises';
import { type Outcome, succeed, type TestClient } from '../support/call.js';
import { dynamicClient } from '../support/dynamic-client.js';
import { blobs, lcg, quick } from '../support/problems.js';
import { type ServerProcess, startServerProcess } from '../support/process.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const ROUNDS = 54;
const REPLACEMENTS = 15;

describe('a server that is killed with SIGKILL', function () {
  this.timeout(240_000);

  it(`at ${ROUNDS} random moments of Fit, Load and Remove keeps every model whole, and leaves no stray file`, async () => {
    const directory = await temporaryDirectory();
    const random = lcg(7);
    const environment = { MODELS_PATH: directory.path, MAX_INFERENCE_MODELS: '1000' };
    // What the server has promised: a Fit that was answered is stored, a Remove that was answered is not.
    const promised = new Set<string>();
    const uncertain = new Set<string>();
    let acknowledged = 0;

    let server = await startServerProcess(environment);
    for (let round = 0; round < ROUNDS; round++) {
      const client = dynamicClient(server.address);
      const victim = [...promised][Math.floor(random() * promised.size)];
      const work = [
        ...['a', 'b'].map((suffix) => fitThen(client, `r${round}-${suffix}`, promised, uncertain)),
        ...(victim === undefined
          ? []
          : [round % 3 === 0 ? remove(client, victim, promised, uncertain) : load(client, victim)]),
      ];
      // A slow machine answers nothing in so short a time: every few rounds one call comes through first.
      if (round % 6 === 5) await Promise.race(work);
      await new Promise((resolve) => setTimeout(resolve, random() * 60));
      expect(await server.end('SIGKILL')).to.equal(null);
      await client.close();
      acknowledged += (await Promise.all(work)).filter(({ ok }) => ok).length;

      server = await startServerProcess(environment);
      await expectWhole(server, directory.path, promised, uncertain);
    }
    expect(await server.end('SIGTERM')).to.equal(0);
    expect(acknowledged, 'some calls came through before the kill').to.be.above(0);
    await directory.remove();
  });

  it(`at ${REPLACEMENTS} random moments of Fits that replace keeps the old model or the new one, whole`, async () => {
    const directory = await temporaryDirectory();
    const random = lcg(8);
    const environment = { MODELS_PATH: directory.path };
    // The least that must be stored: what was answered, or found after a kill.
    let generation = 0;

    for (let round = 0; round < REPLACEMENTS; round++) {
      const server = await startServerProcess(environment);
      const client = dynamicClient(server.address);
      const { models = [] } = await succeed(client.call('ListModels', {}));
      const found = models[0]?.generation ?? 0;
      expect(found, 'what was answered, or one more').to.be.within(generation, generation + 1);
      generation = found;
      expect((await readdir(directory.path)).toSorted()).to.deep.equal(
        ['.lock', ...(found > 0 ? ['m.safetensors'] : [])].toSorted(),
      );
      if (found > 0) {
        await succeed(client.call('Load', { name: 'm' }));
        const x = { rows: [{ values: Array.from({ length: 20 }, () => 1) }] };
        expect(await succeed(client.call('Predict', { name: 'm', x }))).to.deep.include({
          generation,
          labels: { strings: ['b'] },
        });
      }
      // One after the other, until the end comes.
      const replaced = (async () => {
        for (;;) {
          const request = { name: 'm', estimator: quick, ...blobs({ perClass: 200, features: 20 }) };
          const outcome = await client.call('Fit', { ...request, options: { replace: true } });
          if (!outcome.ok) return;
          generation = outcome.response.model.generation;
        }
      })();
      // A slow machine answers nothing in so short a time: every few rounds one comes through first.
      if (round % 3 === 0) await Promise.race([replaced, untilReplaced(client, generation)]);
      await new Promise((resolve) => setTimeout(resolve, random() * 60));
      expect(await server.end('SIGKILL')).to.equal(null);
      await replaced;
      await client.close();
    }
    expect(generation, 'some were replaced').to.be.above(1);
    await directory.remove();
  });
});

async function fitThen(
  client: TestClient,
  name: string,
  promised: Set<string>,
  uncertain: Set<string>,
): Promise<Outcome> {
  uncertain.add(name);
  const outcome = await client.call('Fit', { name, estimator: quick, ...blobs({ perClass: 200, features: 20 }) });
  if (outcome.ok) promised.add(name);
  return outcome;
}

async function remove(
  client: TestClient,
  name: string,
  promised: Set<string>,
  uncertain: Set<string>,
): Promise<Outcome> {
  promised.delete(name);
  uncertain.add(name);
  const outcome = await client.call('Remove', { name });
  if (outcome.ok) uncertain.delete(name);
  return outcome;
}

function load(client: TestClient, name: string): Promise<Outcome> {
  return client.call('Load', { name });
}

/** Asks for the model until it is of a later generation, or nobody answers. */
async function untilReplaced(client: TestClient, generation: number): Promise<void> {
  for (;;) {
    const outcome = await client.call('GetModel', { name: 'm' });
    if (outcome.ok && (outcome.response.model.generation ?? 0) > generation) return;
    if (!outcome.ok && outcome.reason === undefined) return;
  }
}

async function expectWhole(
  server: ServerProcess,
  path: string,
  promised: Set<string>,
  uncertain: Set<string>,
): Promise<void> {
  const client = dynamicClient(server.address);
  const { models = [] } = (await succeed(client.call('ListModels', { pageSize: 1000 }))) as {
    models?: { name: string }[];
  };
  const names = models.map(({ name }) => name);
  expect(names).to.include.members([...promised]);
  expect([...promised, ...uncertain]).to.include.members(names);
  expect((await readdir(path)).toSorted()).to.deep.equal(
    ['.lock', ...names.map((name) => `${name}.safetensors`)].toSorted(),
  );
  for (const name of names) {
    await succeed(client.call('Load', { name }));
    const row = { values: Array.from({ length: 20 }, () => 1) };
    expect(await succeed(client.call('Predict', { name, x: { rows: [row] } }))).to.have.nested.property(
      'labels.strings[0]',
      'b',
    );
    await succeed(client.call('Unload', { name }));
    promised.add(name);
  }
  uncertain.clear();
  await client.close();
}
