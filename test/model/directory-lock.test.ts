import { expect } from 'chai';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DirectoryLock, DirectoryLockedError } from '../../src/model/directory-lock.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

describe('the lock of a directory', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  beforeEach(async () => {
    directory = await temporaryDirectory();
  });
  afterEach(() => directory.remove());

  const acquire = () => DirectoryLock.acquire(directory.path, 100);

  it('has one holder at a time, and names it', async () => {
    const lock = await acquire();
    const error = await rejection(acquire());
    expect(error).to.be.instanceOf(DirectoryLockedError);
    expect(error.message).to.include(`process ${process.pid} on`);
    await lock.release();
    await (await acquire()).release();
  });

  it('leaves no file behind', async () => {
    const lock = await acquire();
    expect(await readdir(directory.path)).to.deep.equal(['.lock']);
    await lock.release();
    expect(await readdir(directory.path)).to.deep.equal([]);
  });

  it('goes to exactly one of many who ask at once', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, acquire));
    const held = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(held).to.have.length(1);
    await held[0].value.release();
  });

  it('of a living process is respected, and taken over once that is killed', async () => {
    const holder = fork(fileURLToPath(new URL('../fixtures/lock-holder.js', import.meta.url)), [directory.path]);
    await once(holder, 'message');
    expect(await rejection(acquire())).to.be.instanceOf(DirectoryLockedError);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    await (await acquire()).release();
  });

  it('of a dead process goes to exactly one of many who find it at once, in every one of 30 rounds', async () => {
    const dead = { id: '', pid: 2 ** 22 + 1, started: '1', realm: '', since: '' };
    const lock = await acquire();
    const { realm } = JSON.parse(await readFile(join(directory.path, '.lock'), 'utf8'));
    await lock.release();
    for (let round = 0; round < 30; round++) {
      await writeFile(join(directory.path, '.lock'), JSON.stringify({ ...dead, realm, id: `dead-${round}` }));
      const outcomes = await Promise.allSettled(Array.from({ length: 12 }, acquire));
      const held = outcomes.filter((outcome) => outcome.status === 'fulfilled');
      expect(held).to.have.length(1);
      await held[0].value.release();
      expect(await readdir(directory.path)).to.deep.equal([]);
    }
  });

  it('of a dead process can be taken over although another one died while it did so', async () => {
    const lock = await acquire();
    const owner = JSON.parse(await readFile(join(directory.path, '.lock'), 'utf8'));
    await lock.release();
    await writeFile(join(directory.path, '.lock'), JSON.stringify({ ...owner, id: 'first', started: '1' }));
    await writeFile(
      join(directory.path, '.lock.claim-first'),
      JSON.stringify({ ...owner, id: 'second', started: '1' }),
    );
    await (await acquire()).release();
    expect(await readdir(directory.path)).to.deep.equal([]);
  });

  it('of a process whose id was given to another one is taken over', async () => {
    await (await acquire()).release();
    const lock = await acquire();
    const owner = JSON.parse(await readFile(join(directory.path, '.lock'), 'utf8'));
    await lock.release();
    await writeFile(join(directory.path, '.lock'), JSON.stringify({ ...owner, id: 'other', started: '1' }));
    await (await acquire()).release();
  });

  it('of another machine is taken over after a silence, and respected while it is heard', async () => {
    const lock = await acquire();
    const owner = JSON.parse(await readFile(join(directory.path, '.lock'), 'utf8'));
    // This process goes on with the heartbeat of what now looks like another machine's lock.
    await writeFile(join(directory.path, '.lock'), JSON.stringify({ ...owner, realm: 'elsewhere pid:[1]' }));
    expect(await rejection(acquire())).to.be.instanceOf(DirectoryLockedError);
    await lock.release();
    await writeFile(join(directory.path, '.lock'), JSON.stringify({ ...owner, realm: 'elsewhere pid:[1]' }));
    await (await acquire()).release();
  });

  it('that cannot be read is nobody’s', async () => {
    await writeFile(join(directory.path, '.lock'), '{"pid":');
    await (await acquire()).release();
  });
});

async function rejection(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('it was fulfilled');
}
