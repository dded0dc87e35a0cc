import { expect } from 'chai';
import { MemoryReclaimer } from '../../src/model/memory-reclaimer.js';

const WORTH = 1000;

describe('Reclaiming memory', () => {
  let reclaimer: MemoryReclaimer;
  beforeEach(() => {
    reclaimer = new MemoryReclaimer(WORTH);
  });

  /** Drops an object, and remembers it as long as it is there. */
  function drop(bytes: number): { readonly gone: WeakRef<object>; readonly reclaimed: Promise<void> } {
    const dropped = { memory: new WebAssembly.Memory({ initial: 1, maximum: 1 }) };
    return { gone: new WeakRef(dropped), reclaimed: reclaimer.reclaim(dropped, bytes) };
  }

  it('comes back when what was dropped has been collected, be there many at once', async () => {
    const drops = Array.from({ length: 5 }, () => drop(WORTH));
    await Promise.all(drops.map(({ reclaimed }) => reclaimed));
    expect(drops.map(({ gone }) => gone.deref())).to.deep.equal(drops.map(() => undefined));
  });

  it('leaves alone what is too little, until there is much of it', async () => {
    const [first, second, third] = [drop(WORTH / 2 - 1), drop(WORTH / 2), drop(1)];
    await first.reclaimed;
    await second.reclaimed;
    expect([first, second].map(({ gone }) => gone.deref() === undefined)).to.deep.equal([false, false]);
    await third.reclaimed;
    expect([first, second, third].map(({ gone }) => gone.deref())).to.deep.equal([undefined, undefined, undefined]);
    const next = drop(WORTH - 1);
    await next.reclaimed;
    expect(next.gone.deref(), 'it begins to count again').not.to.equal(undefined);
  });

  it('does not wait for ever for what someone still refers to', async () => {
    const kept = {};
    await reclaimer.reclaim(kept, WORTH);
    await drop(WORTH).reclaimed;
    expect(kept).to.deep.equal({});
  });
});
