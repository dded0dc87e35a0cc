import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { filesUnder, root } from './project.js';

describe('The generated stubs', () => {
  const committed = join(root, 'generated');
  let fresh: string;

  before(function () {
    this.timeout(60_000);
    fresh = mkdtempSync(join(tmpdir(), 'modelserver-generated-'));
    execFileSync(process.execPath, [join(root, 'scripts/generate.mjs'), fresh], { stdio: 'pipe' });
  });

  after(() => rmSync(fresh, { recursive: true, force: true }));

  it('are the ones that the protos generate, byte by byte', () => {
    expect(filesUnder(committed)).to.deep.equal(filesUnder(fresh));
    const stale = filesUnder(fresh).filter(
      (file) => !readFileSync(join(committed, file)).equals(readFileSync(join(fresh, file))),
    );
    expect(stale, 'run `npm run generate`').to.deep.equal([]);
  });
});
