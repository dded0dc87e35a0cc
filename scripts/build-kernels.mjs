// Compiles src/kernels/assembly (AssemblyScript) to dist/src/kernels/kernels.wasm,
// unless that is newer than every source. No relaxed SIMD: its results differ
// between machines.
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, 'src/kernels/assembly');
const output = join(root, 'dist/src/kernels/kernels.wasm');

const mtime = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
const sources = readdirSync(folder).map((name) => join(folder, name));
const newest = Math.max(mtime(fileURLToPath(import.meta.url)), ...sources.map(mtime));

const options = [
  '-O3 --converge --noAssert --runtime stub',
  '--importMemory --initialMemory 1 --maximumMemory 65536 --zeroFilledMemory',
  '--enable simd --enable bulk-memory --enable nontrapping-f2i',
  // "Exchange of 'v128' values": between our own files, not with JavaScript.
  '--disableWarning 112',
]
  .join(' ')
  .split(' ');

if (mtime(output) < newest) {
  mkdirSync(dirname(output), { recursive: true });
  const { error } = await asc.main(
    [join(folder, 'index.ts'), '--outFile', output, '--baseDir', root, ...options],
    process,
  );
  if (error) process.exit(1);
}
