import { expect } from 'chai';
import { KeyedLock } from '../../src/model/keyed-lock.js';

describe('a keyed lock', () => {
  it('runs tasks of one key one after the other, in order, also after a failure', async () => {
    const lock = new KeyedLock();
    const events: string[] = [];
    const task = (name: string) => async () => {
      events.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      events.push(`${name} ends`);
      if (name === 'a') throw new Error('a fails');
    };
    await Promise.allSettled([lock.run('k', task('a')), lock.run('k', task('b')), lock.run('k', task('c'))]);
    expect(events).to.deep.equal(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('runs tasks of different keys side by side', async () => {
    const lock = new KeyedLock();
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const waiting = lock.run('a', () => gate);
    await lock.run('b', async () => open());
    await waiting;
  });

  it('holds many keys at once without ever waiting in a circle', async () => {
    const lock = new KeyedLock();
    let inside = 0;
    const exclusive = async () => {
      expect(++inside).to.equal(1);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
    };
    await Promise.all([
      lock.runAll(['a', 'b', 'c'], exclusive),
      lock.runAll(['c', 'b', 'a'], exclusive),
      lock.run('b', exclusive),
    ]);
    await lock.runAll([], async () => undefined);
  });

  it('can hold ten thousand keys', async () => {
    const keys = Array.from({ length: 10_000 }, (_, i) => String(i));
    expect(await new KeyedLock().runAll(keys, async () => 'done')).to.equal('done');
  });
});
