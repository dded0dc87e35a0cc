import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ModelServerClient } from '../../client/index.js';
import { startTestServer } from '../support/server.js';
import { runClient } from './run-cli.js';

describe('the demo', function () {
  this.timeout(120_000);
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'modelserver-test-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('shows everything on a server of its own, and leaves nothing behind', async () => {
    const { code, stdout, stderr } = await runClient('demo', ['--seconds', '0.6'], { env: { TMPDIR: folder } });
    expect(stderr).to.equal('');
    expect(stdout).to.include('Everything as expected');
    expect(stdout).to.match(/[\d.]+ times as fast with two threads/);
    const reasons = [
      'INVALID_REQUEST',
      'NOT_IMPLEMENTED',
      'MODEL_ALREADY_EXISTS',
      'MODEL_ALREADY_LOADED',
      'MODEL_NOT_FOUND',
      'MODEL_NOT_LOADED',
      'MODEL_LOADED',
      'MODEL_IN_TRAINING',
      'NO_FREE_TRAINING_SLOT',
      'LOADED_MODEL_LIMIT_REACHED',
      'CANCELLED',
      'DEADLINE_EXCEEDED',
    ];
    for (const reason of reasons) expect(stdout).to.include(reason);
    expect(code).to.equal(0);
    expect(await readdir(folder)).to.deep.equal([]);
  });

  it('makes do with one slot and little room on somebody else’s server, and touches only its own models', async () => {
    const server = await startTestServer({ trainingCores: 1, maxInferenceModels: 1 });
    const client = new ModelServerClient(server.address);
    try {
      await client.fit({
        name: 'theirs',
        estimator: { kNeighborsClassifier: { nNeighbors: 1 } },
        x: [[1], [2]],
        y: [1, 2],
      });
      const { code, stdout } = await runClient('demo', ['--address', server.address, '--seconds', '0.4']);
      expect(stdout).to.include('only one free training slot').and.to.include('room for one loaded model only');
      expect(stdout).to.include('Everything as expected');
      expect(code).to.equal(0);
      expect((await client.listModels()).models.map(({ name }) => name)).to.deep.equal(['theirs']);
    } finally {
      client.close();
      await server.close();
    }
  });

  it('stops on Ctrl-C, with its server, and cleans up', async () => {
    const { code, stderr } = await runClient('demo', ['--seconds', '30'], {
      env: { TMPDIR: folder },
      onStart: (child) => {
        // In the middle of a training.
        child.stdout?.on('data', (text: Buffer) => {
          if (text.includes('one after the other')) child.kill('SIGINT');
        });
      },
    });
    expect(code).to.equal(130);
    expect(stderr).to.include('interrupted; everything is cleaned up');
    expect(await readdir(folder)).to.deep.equal([]);
  });

  it('fails when there is no server, and for options that make no sense', async () => {
    const { code, stderr } = await runClient('demo', ['--seconds', 'ten']);
    expect(code).to.equal(1);
    expect(stderr).to.include('must be a number above 0');
    const nobody = await runClient('demo', ['--address', '127.0.0.1:1']);
    expect(nobody.code).to.equal(1);
    expect(nobody.stderr).to.include('127.0.0.1:1 is not ready');
  });
});
