import { expect } from 'chai';
import { CategoryCodes } from '../../src/model/category-codes.js';

const MANY = 50_000;

describe('The numbers of categories', () => {
  for (const [what, categoryOf] of [
    ['strings', (i: number) => `category ${i}`],
    ['strings with the same end', (i: number) => `${i} of the same kind`],
    ['integers', (i: number) => i * 2 ** 20 - MANY],
    ['integers beyond 32 bits', (i: number) => i * 2 ** 33 + 5],
  ] as const) {
    for (const n of [0, 3, MANY]) {
      it(`are those of the order in which they came: ${n} ${what}`, () => {
        const codes = new CategoryCodes(n);
        for (let i = 0; i < n; i++) if (!codes.add(categoryOf(i))) expect.fail(`${categoryOf(i)} twice`);
        expect(codes.size).to.equal(n);
        for (let i = 0; i < n; i++) if (codes.get(categoryOf(i)) !== i) expect.fail(`${categoryOf(i)}`);
        expect(codes.get(categoryOf(n))).to.equal(undefined);
      });
    }
  }

  it('are given once', () => {
    const codes = new CategoryCodes(2);
    expect(codes.add('a')).to.equal(true);
    expect(codes.add('b')).to.equal(true);
    expect(codes.add('a')).to.equal(false);
    expect(codes.get('a')).to.equal(0);
    expect(codes.size).to.equal(2);
    // Neither kind is taken for the other.
    expect(codes.get(0)).to.equal(undefined);
  });
});
