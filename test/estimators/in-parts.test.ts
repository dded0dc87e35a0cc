import { expect } from 'chai';
import {
  allFit,
  copyInParts,
  countOf,
  forParts,
  type InParts,
  PART,
  runThrough,
} from '../../src/estimators/in-parts.js';

/** How often work lets others have the thread, and what comes of it. */
function partsOf<T>(work: InParts<T>): { readonly parts: number; readonly value: T } {
  for (let parts = 0; ; parts++) {
    const step = work.next();
    if (step.done === true) return { parts, value: step.value };
  }
}

describe('Work in parts', () => {
  it('goes through everything once, in order', () => {
    const seen: number[] = [];
    const { parts } = partsOf(
      forParts(10, (from, to) => seen.push(...Array.from({ length: to - from }, (_, i) => from + i)), 4),
    );
    expect(parts).to.equal(3);
    expect(seen).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(partsOf(forParts(0, () => expect.fail())).parts).to.equal(0);
  });

  it('ends with what it throws', () => {
    const work = forParts(10, (from) => {
      if (from === 4) throw new RangeError('the fifth');
    }, 1); // prettier-ignore
    expect(() => runThrough(work)).to.throw(RangeError, 'the fifth');
  });

  it('counts and checks numbers wherever they are', () => {
    const values = new Uint8Array(3 * PART + 5);
    values[0] = values[PART] = values[3 * PART + 4] = 7;
    expect(partsOf(countOf(values, 7))).to.deep.equal({ parts: 4, value: 3 });
    expect(partsOf(allFit(values, (value) => value !== 8)).value).to.equal(true);
    expect(partsOf(allFit(values, (value, i) => i < 3 * PART + 4 || value !== 7)).value).to.equal(false);
    expect(partsOf(allFit(values, (_, i) => i > 0)).value).to.equal(false);
  });

  it('copies numbers, converting them, a quarter of a megabyte at a time', () => {
    const source = Float32Array.from({ length: 100_001 }, (_, i) => i / 2);
    const target = new Float64Array(source.length + 1).fill(-1);
    expect(partsOf(copyInParts(target, source)).parts).to.equal(4);
    expect(target.subarray(0, -1)).to.deep.equal(Float64Array.from(source));
    expect(target[source.length]).to.equal(-1);
  });
});
