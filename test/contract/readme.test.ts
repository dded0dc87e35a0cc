import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { settings } from '../../src/config.js';
import { startTestServer } from '../support/server.js';

const ROOT = new URL('../../../', import.meta.url);
const read = (path: string) => readFile(new URL(path, ROOT), 'utf8');

describe('the README', () => {
  it('shows examples/iris.ts as it is', async () => {
    expect(await read('README.md')).to.include(`\`\`\`ts\n${await read('examples/iris.ts')}\`\`\``);
  });

  it('shows a TypeScript example that runs', async () => {
    const server = await startTestServer();
    const example = fileURLToPath(new URL('../../examples/iris.js', import.meta.url));
    const env = { ...process.env, MODELSERVER_ADDRESS: server.address };
    const { stdout } = await promisify(execFile)(process.execPath, [example], { env });
    expect(stdout).to.match(/^trained flowers in \d+ ms, sha256 [0-9a-f]{64}\nsetosa /);
    await server.close();
  });

  it('shows command lines that run, on data that the example makes', async () => {
    const program = fileURLToPath(new URL('../../examples/make-renewals.js', import.meta.url));
    const made = await promisify(execFile)(process.execPath, [program]);
    expect(made.stdout).to.equal(await read('examples/renewals.csv'));

    const readme = await read('README.md');
    const commands = [...readme.matchAll(/^npx modelserver (.*)$/gm)].map(([, args]) => args);
    expect(commands).to.have.length.above(2);
    const server = await startTestServer();
    const cli = fileURLToPath(new URL('../../client/cli.js', import.meta.url));
    const options = { cwd: fileURLToPath(ROOT), env: { ...process.env, MODELSERVER_ADDRESS: server.address } };
    let shown = '';
    for (const command of commands) {
      // oxlint-disable-next-line no-await-in-loop -- one command needs the one before it
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [cli, ...command.split(' ')], options);
      shown += stderr + stdout;
    }
    const decided = /^`(\d+ numeric: [^`]+)`/m.exec(readme)?.[1];
    expect(decided).to.be.a('string');
    expect(shown)
      .to.include(`${decided}\n`)
      .and.to.match(/"Porto"[^]*1 {2}yes [^]*2 {2}no /);
    await server.close();
  });

  it('names every setting', async () => {
    const names = [...(await read('README.md')).matchAll(/^\| `([A-Z_]+)` +\|[^|]+\|[^|]+\|$/gm)].map(
      ([, name]) => name,
    );
    expect(names).to.have.members(Object.keys(settings.shape));
  });

  it('and the contract name every reason of an error', async () => {
    const reasons = [...(await read('src/errors.ts')).matchAll(/^ {2}\| '([A-Z_]+)'/gm)].map(([, reason]) => reason);
    expect(reasons).to.have.length.above(10);
    for (const path of ['README.md', 'proto/modelserver/v1/model_server.proto']) {
      const text = await read(path);
      for (const reason of reasons) expect(text, path).to.include(reason);
    }
  });
});
