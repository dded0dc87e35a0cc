import { execFile } from 'node:child_process';
import { copyFile, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { BenchmarkError } from '../benchmark.js';

// Compiled, this file is in dist/bench/peers; the environment is made beside its source.
const FOLDER = fileURLToPath(new URL('../../../bench/peers/', import.meta.url));
const REQUIREMENTS = `${FOLDER}requirements.txt`;
const INSTALLED = `${FOLDER}.venv/installed.txt`;

/** The interpreter of the peers' environment, and their program. */
export const PEERS = { python: `${FOLDER}.venv/bin/python`, program: `${FOLDER}peer.py` } as const;

const OLDEST_MINOR = 11;
const run = promisify(execFile);

/**
 * Makes a virtual environment with what requirements.txt names, unless there is
 * one with just that; a package index is needed for that.
 *
 * @throws BenchmarkError that says what is missing.
 */
export async function makeEnvironment(python: string, note: (line: string) => void): Promise<void> {
  const wanted = await readFile(REQUIREMENTS, 'utf8');
  const installed = await readFile(INSTALLED, 'utf8').catch(() => '');
  if (installed === wanted) return;

  await requirePython(python);
  note(
    `making an environment with ${packagesOf(wanted).join(', ')}; this takes a minute, and again only when they change`,
  );
  await run(python, ['-m', 'venv', '--clear', `${FOLDER}.venv`]).catch((error: unknown) => {
    throw new BenchmarkError(
      `${python} cannot make a virtual environment (on Debian and Ubuntu, install python3-venv):\n${outputOf(error)}`,
    );
  });
  await run(PEERS.python, ['-m', 'pip', 'install', '--quiet', '--requirement', REQUIREMENTS]).catch(
    (error: unknown) => {
      throw new BenchmarkError(
        `pip cannot install the peers; it needs a package index, PyPI unless pip is set to another:\n${outputOf(error)}`,
      );
    },
  );
  await copyFile(REQUIREMENTS, INSTALLED);
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
