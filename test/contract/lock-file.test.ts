import { expect } from 'chai';
import { readText } from './project.js';

interface LockEntry {
  readonly version?: string;
  readonly resolved?: string;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

describe('The lock file', () => {
  const lock = JSON.parse(readText('package-lock.json')) as { readonly packages: Readonly<Record<string, LockEntry>> };
  const entries = Object.entries(lock.packages);

  it('lists the optional packages of every platform, so that `npm ci` works on each of them', () => {
    const wanted = entries.flatMap(([, entry]) => Object.entries(entry.optionalDependencies ?? {}));
    const isListed = ([name, version]: [string, string]) =>
      entries.some(([key, entry]) => key.endsWith(`node_modules/${name}`) && fits(entry.version, version));
    expect(wanted).not.to.deep.equal([]);
    expect(
      wanted.filter((dependency) => !isListed(dependency)),
      'run `node scripts/complete-lock.mjs`',
    ).to.deep.equal([]);
  });

  it('makes no package of a platform a must', () => {
    const musts = entries.filter(([, entry]) => entry.os !== undefined && entry.optional !== true);
    expect(musts.map(([key]) => key)).to.deep.equal([]);
  });

  it('holds no address, so that each machine can use the registry that it is set up for', () => {
    const addressed = entries.filter(([, entry]) => entry.resolved !== undefined);
    expect(addressed.map(([key]) => key)).to.deep.equal([]);
  });
});

/** Platform packages are wanted in an exact version; of a range it is enough that there is one. */
function fits(version: string | undefined, wanted: string): boolean {
  return /^\d/.test(wanted) ? version === wanted : version !== undefined;
}
