import { expect } from 'chai';
import { succeed } from '../support/call.js';
import { blobs, quick } from '../support/problems.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { describeStatusTable } from '../support/status-table.js';
import { grpcurlClient } from './grpcurl-client.js';
import { PEERS, requirePeer } from './peers.js';
import { runCommand } from './run-command.js';

describe('grpcurl', () => {
  before(function () {
    requirePeer(this, 'grpcurl');
  });

  describe('by reflection', () => {
    let server: TestServer;
    before(async () => {
      server = await startTestServer();
    });
    after(() => server.close());

    const grpcurl = async (...args: string[]) => {
      const { stdout, stderr, code } = await runCommand(PEERS.grpcurl, ['-plaintext', server.address, ...args]);
      expect(code, stderr).to.equal(0);
      return stdout;
    };

    it('lists the services and the RPCs', async () => {
      expect((await grpcurl('list')).split('\n')).to.include.members([
        'grpc.health.v1.Health',
        'modelserver.v1.ModelServer',
      ]);
      expect((await grpcurl('list', 'modelserver.v1.ModelServer')).trim().split('\n')).to.have.length(11);
    });

    it('describes messages with their comments and JSON names', async () => {
      const text = await grpcurl('describe', 'modelserver.v1.LogisticRegression');
      expect(text).to.include('// Inverse strength of the penalty, > 0. Default 1.0.');
      expect(text).to.include('json_name = "C"');
    });

    it('asks for health', async () => {
      expect(JSON.parse(await grpcurl('grpc.health.v1.Health/Check'))).to.deep.equal({ status: 'SERVING' });
    });

    it('calls every RPC from Fit to Remove', async () => {
      const client = grpcurlClient(server.address);
      const call = (method: string, request: object) => succeed(client.call(method, request));
      const { model } = await call('Fit', { name: 'iris', estimator: quick, ...blobs() });
      expect(model).to.include({ name: 'iris', state: 'MODEL_STATE_STORED', nSamples: 30 });
      await call('Load', { name: 'iris' });
      const answer = await call('Predict', {
        name: 'iris',
        x: { rows: [{ values: [2, 2] }] },
        includeProbabilities: true,
      });
      expect(answer).to.deep.equal({
        labels: { strings: ['c'] },
        probabilities: { rows: [{ values: [0, 0, 1] }] },
        generation: 1,
      });
      expect((await call('GetModel', { name: 'iris' })).model).to.include({ state: 'MODEL_STATE_LOADED' });
      expect((await call('ListModels', {})).models).to.have.length(1);
      expect(await call('GetStatus', {})).to.include({ loadedModels: 1, storedModels: 1 });
      expect(await call('Unload', { name: 'iris' })).to.deep.equal({});
      expect(await call('Remove', { name: 'iris' })).to.deep.equal({});
      expect(await call('RemoveAll', {})).to.deep.equal({});
    });

    it('uploads a training set by hand, in messages one after the other', async () => {
      const { x, y } = blobs();
      const chunk = (from: number, to: number) => ({
        chunk: { x: { rows: x.rows.slice(from, to) }, y: { strings: y.strings.slice(from, to) } },
      });
      const messages = [{ start: { name: 'by-hand', estimator: quick } }, chunk(0, 10), chunk(10, 30)];
      const { stdout, stderr, code } = await runCommand(
        PEERS.grpcurl,
        ['-plaintext', '-d', '@', server.address, 'modelserver.v1.ModelServer/FitStream'],
        { input: messages.map((message) => JSON.stringify(message)).join('\n') },
      );
      expect(code, stderr).to.equal(0);
      const answers = JSON.parse(`[${stdout.replaceAll(/^}\n\{/gm, '},{')}]`) as Record<string, object>[];
      expect(answers.slice(0, 2).map((answer) => Object.keys(answer))).to.deep.equal([['accepted'], ['progress']]);
      expect(answers.at(-1)?.['model']).to.include({ name: 'by-hand', nSamples: 30 });
    });
  });

  describe('meets every row of the status table', () => {
    describeStatusTable(grpcurlClient);
  });
});
