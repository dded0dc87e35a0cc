import { expect } from 'chai';
import fc from 'fast-check';
import { Fifo } from '../../client/fifo.js';

describe('Fifo', () => {
  it('is an array that is pushed at one end and shifted at the other', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 200 }), (steps) => {
        const fifo = new Fifo<number>();
        const twin: number[] = [];
        for (const [step, isPush] of steps.entries()) {
          if (isPush) {
            fifo.push(step);
            twin.push(step);
          } else expect(fifo.shift()).to.equal(twin.shift());
          expect(fifo.length).to.equal(twin.length);
        }
      }),
    );
  });
});
