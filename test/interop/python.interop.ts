import { expect } from 'chai';
import { join } from 'node:path';
import { succeed } from '../support/call.js';
import { blobs, quick } from '../support/problems.js';
import { startTestServer } from '../support/server.js';
import { describeStatusTable } from '../support/status-table.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { PEERS, requirePeer, ROOT } from './peers.js';
import { generatePythonStubs, pythonClient } from './python-client.js';
import { runCommand } from './run-command.js';

describe('Python', () => {
  let stubs: Awaited<ReturnType<typeof temporaryDirectory>> | undefined;

  before(async function () {
    requirePeer(this, 'python');
    stubs = await temporaryDirectory();
    await generatePythonStubs(stubs.path);
  });
  after(() => stubs?.remove());

  const connect = (address: string) => pythonClient(stubs?.path ?? '', address);

  it('reads an artifact with the safetensors package, executing nothing of it', async () => {
    const server = await startTestServer();
    const client = connect(server.address);
    await succeed(client.call('Fit', { name: 'iris', estimator: quick, ...blobs() }));
    await client.close();
    const script = join(ROOT, 'test/interop/read_artifact.py');
    const { stdout, stderr } = await runCommand(PEERS.python, [script, join(server.modelsPath, 'iris.safetensors')]);
    expect(stderr).to.equal('');
    const artifact = JSON.parse(stdout);
    expect(artifact).to.deep.include({
      checksum_matches: true,
      format_version: '1',
      classes: { kind: 'string', values: ['a', 'b', 'c'] },
      features: [
        { name: 'x0', kind: 'numeric' },
        { name: 'x1', kind: 'numeric' },
      ],
    });
    expect(artifact.estimator).to.deep.include({ kind: 'k_neighbors_classifier', engine: 'core' });
    expect(artifact.tensors.x).to.deep.equal(['float64', [30, 2]]);
    await server.close();
  });

  describe('grpcio meets every row of the status table', () => {
    describeStatusTable(connect);
  });
});
