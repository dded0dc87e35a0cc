import { expect } from 'chai';
import { LiveTable } from '../src/live-table.js';
import { collectGarbage, collectYoungGarbage } from '../src/training/collect-garbage.js';
import { Random } from '../bench/data/random.js';

describe('A table of what is alive', () => {
  it('does as a Map does', () => {
    const random = new Random(7);
    const below = (limit: number) => Math.floor(limit * random.uniform());
    const table = new LiveTable<string>();
    const map = new Map<number, string>();
    for (let step = 0; step < 20_000; step++) {
      const key = below(2) === 0 ? below(40) : 2 ** 31 + below(40);
      const value = String(step);
      switch (below(5)) {
        case 0:
          expect(table.delete(key)).to.equal(map.delete(key));
          break;
        case 1:
          expect(table.get(key)).to.equal(map.get(key));
          expect(table.has(key)).to.equal(map.has(key));
          break;
        default:
          expect(table.set(key, value)).to.equal(table);
          map.set(key, value);
      }
      expect(table.size).to.equal(map.size);
    }
    const sorted = [...map].toSorted(([a], [b]) => a - b);
    expect([...table]).to.deep.equal(sorted);
    expect([...table.entries()]).to.deep.equal(sorted);
    expect([...table.keys()]).to.deep.equal(sorted.map(([key]) => key));
    expect([...table.values()]).to.deep.equal(sorted.map(([, value]) => value));
    const visited: unknown[] = [];
    table.forEach(function (this: unknown, value, key, all) {
      visited.push([key, value, all === table, this]);
    }, 'this');
    expect(visited).to.deep.equal(sorted.map(([key, value]) => [key, value, true, 'this']));
    table.clear();
    expect([table.size, [...table]]).to.deep.equal([0, []]);
  });

  /** How much of what has gone is left when only young objects are collected, in bytes. */
  function leftOf(table: Map<number, unknown>): number {
    const alive = 64;
    let key = 0;
    const add = (count: number) => {
      for (const end = key + count; key < end; key++) {
        table.set(
          key,
          Array.from({ length: 100 }, () => key),
        );
        table.delete(key - alive);
      }
    };
    add(alive);
    // The table and all in it are old from now on.
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 20; i++) {
      add(500);
      collectYoungGarbage();
    }
    return process.memoryUsage().heapUsed - before;
  }

  it('leaves nothing of what has gone to the old objects, as a Map does', () => {
    // 10,000 arrays of 800 bytes.
    expect(leftOf(new LiveTable()), 'of the table').to.be.below(500_000);
    expect(leftOf(new Map()), 'of a Map').to.be.above(1_000_000);
  });
});
