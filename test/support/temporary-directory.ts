import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory that the current suite or test has to itself; removed by `remove`. */
export async function temporaryDirectory(): Promise<{ readonly path: string; readonly remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'modelserver-test-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
