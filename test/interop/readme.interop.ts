import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { startTestServer } from '../support/server.js';
import { PEERS, requirePeer, ROOT } from './peers.js';
import { runCommand } from './run-command.js';

describe('the README', () => {
  it('shows grpcurl commands that work', async function () {
    requirePeer(this, 'grpcurl');
    const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
    const commands = [...readme.matchAll(/```sh\n([^`]*)```/g)]
      .map(([, text]) => text)
      .find((text) => text.includes('grpcurl -plaintext'));
    if (commands === undefined) throw new Error('the README has no grpcurl commands');

    const server = await startTestServer();
    const script = `set -e\nPATH=${dirname(PEERS.grpcurl)}:$PATH\n${commands.replaceAll('127.0.0.1:50051', server.address)}`;
    const { stdout, stderr, code } = await runCommand('bash', ['-c', script], { cwd: ROOT });
    expect(code, stderr).to.equal(0);
    expect(stdout).to.match(/"strings": \[\s*"setosa",\s*"virginica"\s*\]/);
    await server.close();
  });
});
