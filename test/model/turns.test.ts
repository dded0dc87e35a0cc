import { getEventListeners } from 'node:events';
import { expect } from 'chai';
import { TURN_MS, Turns } from '../../src/model/turns.js';

/** Works for `count` turns, and tells of each. */
async function work(name: string, count: number, log: string[], signal?: AbortSignal): Promise<void> {
  const turns = new Turns(signal);
  for (let i = 0; i < count; i++) {
    await turns.next();
    log.push(name);
  }
}

describe('Turns', () => {
  it('go round, and let whoever comes later in after those who are there', async () => {
    const log: string[] = [];
    const first = work('a', 4, log);
    const second = work('b', 4, log);
    const third = new Turns().next().then(() => work('c', 2, log));
    await Promise.all([first, second, third]);
    expect(log.join('')).to.equal('ababcabcab');
  });

  it('give one piece of work a turn of the event loop, whatever waits', async () => {
    const log: string[] = [];
    let done = false;
    const loop = (): void => {
      log.push('|');
      if (!done) setImmediate(loop);
    };
    setImmediate(loop);
    await Promise.all(['a', 'b', 'c'].map(async (name) => work(name, 3, log)));
    done = true;
    expect(log.join('').replaceAll(/^\||\|$/g, '')).to.match(/^[abc](\|[abc]){8}$/);
  });

  it('end for whoever is cancelled, at once and with the reason, and go on for the others', async () => {
    const log: string[] = [];
    const abort = new AbortController();
    const cancelled = work('a', 100, log, abort.signal);
    const other = work('b', 3, log);
    const reason = new Error('gone');
    let thrown: unknown;
    const seen = cancelled.catch((error: unknown) => {
      thrown = error;
      log.push('x');
    });
    await new Turns().next();
    abort.abort(reason);
    await seen;
    expect(thrown).to.equal(reason);
    expect(log.join('')).to.equal('abx');
    await other;
    expect(log.join('')).to.equal('abxbb');
  });

  it('are refused to whoever is cancelled already', async () => {
    const reason = new Error('gone');
    let thrown: unknown;
    await new Turns(AbortSignal.abort(reason)).next().catch((error: unknown) => (thrown = error));
    expect(thrown).to.equal(reason);
  });

  it('leave no listeners behind', async () => {
    const abort = new AbortController();
    await work('a', 20, [], abort.signal);
    expect(getEventListeners(abort.signal, 'abort')).to.deep.equal([]);
  });

  it('are over when their time is', async () => {
    const turns = new Turns();
    await turns.next();
    const began = performance.now();
    while (performance.now() - began < 25 * TURN_MS);
    expect(turns.isOver).to.equal(true);
    const before = turns.elapsedMs;
    await turns.next();
    expect(turns.elapsedMs).to.be.below(before);
  });
});
