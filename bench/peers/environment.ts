import { execFile } from 'node:child_process';
import { copyFile, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { BenchmarkError } from '../benchmark.js';

// Compiled, this file is in dist/bench/peers; the environments are made beside their sources.
const FOLDER = fileURLToPath(new URL('../../../bench/peers/', import.meta.url));

/** A virtual environment of Python, and the program that runs in it. */
export interface Environment {
  /** Where it is made. */
  readonly folder: string;
  /** The file of the packages that it has. */
  readonly requirements: string;
  /** Its interpreter. */
  readonly python: string;
  readonly program: string;
}

function environmentOf(folder: string, program: string): Environment {
  const venv = `${folder}.venv`;
  return {
    folder: venv,
    requirements: `${folder}requirements.txt`,
    python: `${venv}/bin/python`,
    program: `${folder}${program}`,
  };
}

/** The libraries that the training core is measured against. */
export const PEERS = environmentOf(FOLDER, 'peer.py');
/** The service that the server is measured against. */
export const SERVICE = environmentOf(`${FOLDER}service/`, 'service.py');

const OLDEST_MINOR = 11;
const run = promisify(execFile);

/**
 * Makes a virtual environment with what its requirements.txt names, unless there
 * is one with just that; a package index is needed for that.
 *
 * @throws BenchmarkError that says what is missing.
 */
export async function makeEnvironment(
  { folder, requirements, python: interpreter }: Environment,
  python: string,
  note: (line: string) => void,
): Promise<void> {
  const installedPath = `${folder}/installed.txt`;
  const wanted = await readFile(requirements, 'utf8');
  const installed = await readFile(installedPath, 'utf8').catch(() => '');
  if (installed === wanted) return;

  await requirePython(python);
  note(
    `making an environment with ${packagesOf(wanted).join(', ')}; this takes a minute, and again only when they change`,
  );
  await run(python, ['-m', 'venv', '--clear', folder]).catch((error: unknown) => {
    throw new BenchmarkError(
      `${python} cannot make a virtual environment (on Debian and Ubuntu, install python3-venv):\n${outputOf(error)}`,
    );
  });
  await run(interpreter, ['-m', 'pip', 'install', '--quiet', '--requirement', requirements]).catch((error: unknown) => {
    throw new BenchmarkError(
      `pip cannot install the peers; it needs a package index, PyPI unless pip is set to another:\n${outputOf(error)}`,
    );
  });
  await copyFile(requirements, installedPath);
}

async function requirePython(python: string): Promise<void> {
  const mend = `install Python 3.${OLDEST_MINOR} or newer, or name one with --python COMMAND`;
  const { stdout } = await run(python, ['-c', 'import sys; print(*sys.version_info[:2])']).catch(() => {
    throw new BenchmarkError(`the peers run in Python, and there is no ${python}: ${mend}`);
  });
  const [major, minor] = stdout.trim().split(' ').map(Number);
  if (major !== 3 || minor < OLDEST_MINOR) {
    throw new BenchmarkError(`${python} is Python ${major}.${minor}, too old for the peers: ${mend}`);
  }
}

function packagesOf(requirements: string): string[] {
  return requirements.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

/** The last lines that a command has printed. */
function outputOf(error: unknown): string {
  const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
  const lines = `${stdout}\n${stderr}`.trim().split('\n');
  return lines
    .slice(-8)
    .map((line) => `  ${line}`)
    .join('\n');
}
