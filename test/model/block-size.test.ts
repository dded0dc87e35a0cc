import { expect } from 'chai';
import { BlockSize } from '../../src/model/block-size.js';

/** The size for rows of which each takes `ms`, after some blocks. */
function learnt(ms: number, blocks = 20): BlockSize {
  const size = new BlockSize();
  for (let i = 0; i < blocks; i++) size.learn(size.after(0), size.after(0) * ms);
  return size;
}

describe('The size of a block', () => {
  it('is one row until one has been measured, and then grows step by step to what takes 1.5 ms', () => {
    const size = new BlockSize();
    expect(size.after(0)).to.equal(1);
    const sizes: number[] = [];
    for (let i = 0; i < 5; i++) {
      size.learn(size.after(0), size.after(0) * 0.001);
      sizes.push(size.after(0));
    }
    expect(sizes).to.deep.equal([16, 256, 1496, 1496, 1496]);
  });

  it('is what is left of a turn that has begun, and never less than a row', () => {
    const size = learnt(0.001);
    expect(size.after(0.75)).to.equal(744);
    expect(size.after(1.6)).to.equal(1);
    expect(learnt(20).after(0)).to.equal(1);
  });

  it('is halved by one slow block, and as it was after the next one', () => {
    const size = learnt(0.001);
    size.learn(1496, 30);
    expect(size.after(0)).to.equal(744);
    size.learn(744, 0.744);
    expect(size.after(0)).to.equal(1496);
  });

  it('shrinks to what slower rows allow', () => {
    const size = learnt(0.001);
    for (let i = 0; i < 10; i++) size.learn(size.after(0), size.after(0) * 0.1);
    expect(size.after(0)).to.equal(8);
  });

  it('learns nothing from a few last rows, which cost more each', () => {
    const size = learnt(0.001);
    size.learn(3, 0.1);
    expect(size.after(0)).to.equal(1496);
  });

  it('is ample for rows that take far less', () => {
    const size = learnt(0.001);
    expect([1, 187, 188, 1500].map((rows) => size.isAmple(rows))).to.deep.equal([true, true, false, false]);
    expect(new BlockSize().isAmple(1)).to.equal(false);
    // What one row costs at least lets a few of them be predicted at once.
    expect(learnt(0.001, 1).isAmple(2)).to.equal(true);
  });
});
