import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { readText, root } from './project.js';

const run = promisify(execFile);

/** What a user of the package writes, and how it must look to the compiler. */
const typedProgram = `
import { ModelServerClient, ModelServerError, type Model } from 'modelserver';
import { Dtype, ModelServerService, type FitRequest } from 'modelserver/stubs';
import { ErrorInfo } from 'modelserver/stubs/error-details';
import { Status } from 'modelserver/stubs/status';

const client = new ModelServerClient('127.0.0.1:50051');
const { trainingSlots }: { trainingSlots: number } = await client.getStatus();
const fit: (model: Model) => string = (model) => model.name;
const request: Partial<FitRequest> = { name: \`\${trainingSlots}\` };
// @ts-expect-error: a name is text, which only a compiler that sees the types can tell.
await client.load(1);
console.log(fit, request, ModelServerError, Dtype.DTYPE_FLOAT32, ModelServerService.fit, ErrorInfo, Status);
client.close();
`;

const statusProgram = `
import { ModelServerClient } from 'modelserver';
const client = new ModelServerClient(process.argv[2]);
console.log(JSON.stringify(await client.getStatus()));
client.close();
`;

const resolveProgram = `
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
const { exports } = JSON.parse(readFileSync(fileURLToPath(import.meta.resolve('modelserver/package.json')), 'utf8'));
for (const [name, target] of Object.entries(exports)) {
  const specifier = 'modelserver' + name.slice(1);
  const file = fileURLToPath(import.meta.resolve(specifier));
  const size = readFileSync(file).length;
  const names = file.endsWith('.js') ? Object.keys(await import(specifier)).length : undefined;
  console.log(JSON.stringify({ name, size, names }));
}
`;

describe('The package', function () {
  this.timeout(180_000);
  let folder: string;
  let consumer: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'modelserver-package-'));
    consumer = join(folder, 'consumer');
    await mkdir(consumer);
    // Without its scripts: the build has just been made, and this very test runs from it.
    await npm(root, 'pack', '--ignore-scripts', '--pack-destination', folder);
    const tarball = (await readdir(folder)).find((file) => file.endsWith('.tgz'));
    await writeFile(join(consumer, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
    await npm(consumer, 'install', '--ignore-scripts', '--prefer-offline', join(folder, tarball ?? ''));
  });

  after(() => rm(folder, { recursive: true, force: true }));

  it('brings no tests, benchmarks or sources along', async () => {
    const files = await readdir(join(consumer, 'node_modules/modelserver'), { recursive: true });
    expect(files).to.include.members(['LICENSE', '.env.example', join('dist', 'src', 'main.js')]);
    expect(files.filter((file) => /\.test\.|(^|[/\\])(test|bench)([/\\]|$)|(?<!\.d)\.ts$/.test(file))).to.deep.equal(
      [],
    );
  });

  it('resolves every one of its exports', async () => {
    const output = await node('resolve.mjs', resolveProgram);
    const resolved = output.map((line) => JSON.parse(line) as { name: string; size: number; names?: number });
    const { exports } = JSON.parse(readText('package.json')) as { exports: Record<string, unknown> };
    expect(resolved.map(({ name }) => name)).to.deep.equal(Object.keys(exports));
    expect(resolved.filter(({ size, names }) => size === 0 || names === 0)).to.deep.equal([]);
  });

  it('has types that a strict program compiles with', async () => {
    await writeFile(join(consumer, 'program.ts'), typedProgram);
    const compilerOptions = {
      module: 'nodenext',
      target: 'es2022',
      // Not our `lib`: what the declarations need must be what a user has.
      strict: true,
      skipLibCheck: false,
      noEmit: true,
      typeRoots: [join(root, 'node_modules/@types')],
      types: ['node'],
    };
    await writeFile(join(consumer, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }));
    const { stdout } = await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc')], { cwd: consumer })
      // The compiler tells its errors on standard output.
      .catch((error: { stdout: string }) => error);
    expect(stdout).to.equal('');
  });

  describe('installed', () => {
    let server: ChildProcess;
    let address: string;

    before(async () => {
      const settings = { PORT: '0', HOST: '127.0.0.1', TRAINING_CORES: '1', MODELS_PATH: join(folder, 'models') };
      server = spawn(bin('modelserver-start'), [], {
        cwd: consumer,
        env: { ...process.env, ...settings, LOG_LEVEL: 'info' },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      address = await servingAddress(server);
    });

    after(() => server.kill('SIGKILL'));

    it('starts its server and answers its client', async () => {
      const [line] = await node('status.mjs', statusProgram, address);
      expect(JSON.parse(line ?? '')).to.include({ trainingSlots: 1, busyTrainingSlots: 0, storedModels: 0 });
    });

    it('has a command line that finds the server healthy', async () => {
      await run(bin('modelserver'), ['health', '--address', address], { cwd: consumer });
      const other = await run(bin('modelserver'), ['health', '--address', '127.0.0.1:1'], { cwd: consumer }).then(
        () => 0,
        (error: { code: number }) => error.code,
      );
      expect(other).to.be.greaterThan(0);
    });

    it('stops its server cleanly', async () => {
      const exited = once(server, 'exit');
      server.kill('SIGTERM');
      expect(await exited).to.deep.equal([0, null]);
    });
  });

  function bin(name: string): string {
    return join(consumer, 'node_modules/.bin', name);
  }

  /** Runs a program beside the installed package; its output, line by line. */
  async function node(file: string, program: string, ...args: string[]): Promise<string[]> {
    await writeFile(join(consumer, file), program);
    const { stdout } = await run(process.execPath, [file, ...args], { cwd: consumer });
    return stdout.trimEnd().split('\n');
  }
});

async function npm(cwd: string, ...args: string[]): Promise<void> {
  await run('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], { cwd });
}

/** The address in the server's log line `serving`; fails when it ends without one. */
async function servingAddress(server: ChildProcess & { stdout: Readable | null }): Promise<string> {
  if (server.stdout === null) throw new Error('the standard output must be a pipe');
  const lines: string[] = [];
  for await (const line of createInterface({ input: server.stdout })) {
    lines.push(line);
    const entry = JSON.parse(line) as { msg?: string; address?: string };
    if (entry.msg === 'serving' && entry.address !== undefined) {
      // Read on, or the pipe fills up and the server waits.
      server.stdout.resume();
      return entry.address;
    }
  }
  throw new Error(`the server ended before it served:\n${lines.join('\n')}`);
}
