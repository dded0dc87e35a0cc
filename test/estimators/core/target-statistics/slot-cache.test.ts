import { expect } from 'chai';

import { SlotCache } from '../../../../src/estimators/core/target-statistics/slot-cache.js';
import { Workspace } from '../../../../src/kernels/workspace.js';

describe('A cache of slots', () => {
  const cacheOf = (nSlots: number) => new SlotCache(new Workspace(SlotCache.bytes(nSlots, 100)), nSlots, 100);

  it('gives every key a slot of its own, until there are no more', () => {
    const cache = cacheOf(3);
    const addresses = ['a', 'b', 'c'].map((key) => cache.take(key)).toSorted((a, b) => a - b);
    expect(addresses[1] - addresses[0]).to.be.at.least(100);
    expect(addresses[2] - addresses[1]).to.be.at.least(100);
    expect(cache.take('b')).to.equal(cache.find('b'));
    expect(cache.find('d')).to.equal(undefined);
  });

  it('then uses the slot again that was not asked for the longest', () => {
    const cache = cacheOf(3);
    const [a, b, c] = ['a', 'b', 'c'].map((key) => cache.take(key));
    expect(cache.find('a')).to.equal(a);
    expect(cache.take('d')).to.equal(b);
    expect(cache.has('b')).to.equal(false);
    expect(cache.take('b')).to.equal(c);
    expect([cache.find('a'), cache.find('c'), cache.find('d')]).to.deep.equal([a, undefined, b]);
  });
});
