// Completes package-lock.json, in place, for the platforms that it was not made on.
//
// npm leaves an optional dependency out of the lock when the registry it talks to
// does not have that package, which happens with mirrors that carry one platform
// only. `npm ci` on a machine with a full registry then fails with
// "Missing: … from lock file". So every optional dependency gets an entry here,
// with what npm needs to know to skip it: its exact version, cpu, os and libc.
// There is no `integrity`, since we have never seen the package.
//
// Run it after each change of the dependencies; `--check` only tells, and fails.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What the words in the name of a platform's package mean, in npm's own terms. */
const platformWords = {
  os: words('aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'),
  cpu: {
    ...words('arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64', 'wasm32'),
    aarch64: 'arm64',
    armv7: 'arm',
  },
  libc: { gnu: 'glibc', gnueabihf: 'glibc', glibc: 'glibc', musl: 'musl', musleabihf: 'musl' },
};

const path = process.argv.slice(2).find((argument) => !argument.startsWith('--')) ?? besideThis('../package-lock.json');
const text = readFileSync(path, 'utf8');
const lock = JSON.parse(text);
const missing = missingEntries(lock.packages);
const addressed = Object.entries(lock.packages).filter(([, entry]) => 'resolved' in entry);

for (const [key, entry] of missing) lock.packages[key] = entry;
// An address ties the lock to the registry that it was made with.
for (const [, entry] of addressed) delete entry.resolved;
lock.packages = Object.fromEntries(Object.entries(lock.packages).toSorted(([a], [b]) => a.localeCompare(b, 'en')));

const completed = `${JSON.stringify(lock, null, 2)}\n`;
if (completed === text) {
  console.log('The lock is complete.');
} else if (process.argv.includes('--check')) {
  for (const [key] of missing) console.error(`missing: ${key}`);
  for (const [key] of addressed) console.error(`has an address: ${key}`);
  console.error('Run `node scripts/complete-lock.mjs`.');
  process.exitCode = 1;
} else {
  writeFileSync(path, completed);
  console.log(`Added ${missing.length} entries, removed ${addressed.length} addresses.`);
}

/** The entries, by their keys, of the optional dependencies that the lock only refers to. */
function missingEntries(packages) {
  const found = new Map();
  for (const [parentKey, parent] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
      if (resolves(packages, parentKey, name)) continue;
      if (!/^\d+\.\d+\.\d+$/.test(version)) {
        throw new Error(`${parentKey} wants ${name}@${version}: only an exact version can be completed`);
      }
      found.set(`node_modules/${name}`, minimalEntry(packages, parent, name, version));
    }
  }
  return [...found];
}

/** Whether Node would find `name` from the package at `parentKey`: beside it, or further up. */
function resolves(packages, parentKey, name) {
  for (let folder = parentKey; ; folder = folder.slice(0, Math.max(folder.lastIndexOf('/node_modules/'), 0))) {
    if (packages[folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`]) return true;
    if (folder === '') return false;
  }
}

/** Keys in the order in which npm writes them, so that npm's next rewrite leaves the file as it is. */
function minimalEntry(packages, parent, name, version) {
  // A sibling for another platform tells what all of them have in common.
  const sibling = Object.keys(parent.optionalDependencies)
    .map((other) => packages[`node_modules/${other}`])
    .find((entry) => entry?.version === version);
  const { os, cpu, libc } = platformOf(name);
  return withoutUndefined({
    version,
    cpu: [cpu],
    dev: parent.dev,
    // Packages without a libc of their own (static binaries) run on each of them.
    libc: libc && [libc],
    license: (sibling ?? parent).license,
    optional: true,
    os: [os],
    engines: (sibling ?? parent).engines,
  });
}

function platformOf(name) {
  const parts = name.slice(name.lastIndexOf('/') + 1).split('-');
  const find = (meanings) => parts.map((part) => meanings[part]).find((meaning) => meaning !== undefined);
  const platform = { os: find(platformWords.os), cpu: find(platformWords.cpu), libc: find(platformWords.libc) };
  if (!platform.os || !platform.cpu) throw new Error(`cannot read a platform out of the name ${name}`);
  return platform;
}

function words(...all) {
  return Object.fromEntries(all.map((word) => [word, word]));
}

function withoutUndefined(entry) {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined));
}

function besideThis(relative) {
  return join(fileURLToPath(new URL('.', import.meta.url)), relative);
}
