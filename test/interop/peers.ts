import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const { MODELSERVER_INTEROP_HOME, XDG_CACHE_HOME = join(homedir(), '.cache') } = process.env;
const HOME = MODELSERVER_INTEROP_HOME ?? join(XDG_CACHE_HOME, 'modelserver-interop');

/** The root of the project. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Where scripts/install-interop-peers.sh puts the foreign clients. */
export const PEERS = {
  grpcurl: join(HOME, 'bin/grpcurl'),
  python: join(HOME, 'venv/bin/python'),
  buf: join(ROOT, 'node_modules/.bin/buf'),
};

/** Skips the suite, by name, when the peer is not installed. */
export function requirePeer(context: Mocha.Context, name: keyof typeof PEERS): void {
  if (existsSync(PEERS[name])) return;
  process.stderr.write(`    ${name} is not installed; run scripts/install-interop-peers.sh\n`);
  context.skip();
}
