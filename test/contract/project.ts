import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's own folder; the tests run from `dist/test/contract`. */
export const root = fileURLToPath(new URL('../../../', import.meta.url));

export function readText(...path: string[]): string {
  return readFileSync(join(root, ...path), 'utf8');
}

/** The files under `folder`, as sorted paths relative to it, with `/` on each platform. */
export function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, '/').length).replaceAll('\\', '/'))
    .toSorted();
}
