import { expect } from 'chai';
import fc from 'fast-check';

import { Heap } from '../../../../src/estimators/core/boosting/heap.js';

interface Item {
  readonly gain: number;
  readonly number: number;
}

/** The larger gain, and of equal ones the lower number: a strict order. */
const comesFirst = (a: Item, b: Item) => a.gain > b.gain || (a.gain === b.gain && a.number < b.number);

describe('The heap of nodes', () => {
  it('gives out what comes first, whatever is put in and taken out between', () => {
    const step = fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined, freq: 3 });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const heap = new Heap(comesFirst);
        const naive: Item[] = [];
        const take = () => {
          naive.sort((a, b) => (comesFirst(a, b) ? -1 : 1));
          expect(heap.pop()).to.equal(naive.shift());
        };
        steps.forEach((gain, number) => {
          if (gain === undefined) return take();
          const item = { gain, number };
          heap.push(item);
          naive.push(item);
        });
        while (naive.length > 0) take();
        expect(heap.pop()).to.equal(undefined);
      }),
    );
  });
});
