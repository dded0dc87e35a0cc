// Generates `generated/` from the protos: the TypeScript stubs, and the
// descriptor set that reflection serves. `node scripts/generate.mjs DIR` writes
// elsewhere, which is how a test finds out that the committed output is stale.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const out = resolve(process.argv[2] ?? join(root, 'generated'));
const buf = (...args) => execFileSync(join(root, 'node_modules/.bin/buf'), args, { cwd: root, stdio: 'inherit' });

rmSync(out, { recursive: true, force: true });
buf('generate', '--output', out);
buf('build', '--as-file-descriptor-set', '--output', join(out, 'descriptor_set.binpb'));
