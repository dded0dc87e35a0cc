import { expect } from 'chai';
import { words } from '../../bench/data/generators/words.js';
import { wordsProblem, wordsSet } from '../../bench/data/words-set.js';
import { mean } from '../../bench/report/statistics.js';

/** How often each value of a column occurs, the most frequent first. */
function countsOf(x: Float64Array, column: number, columns: number): number[] {
  const counts = new Map<number, number>();
  for (let at = column; at < x.length; at += columns) counts.set(x[at], (counts.get(x[at]) ?? 0) + 1);
  return [...counts.values()].toSorted((a, b) => b - a);
}

/**
 * How much better the label is known by `key`: the share of right guesses in every
 * second row, where the guess is the more frequent label of the other rows with that key.
 */
function shareKnownBy(y: Int32Array, key: (row: number) => string | number): number {
  const ones = new Map<string | number, number>();
  for (let row = 0; row < y.length; row += 2) ones.set(key(row), (ones.get(key(row)) ?? 0) + (y[row] === 1 ? 1 : -1));
  const guesses = Array.from({ length: Math.floor(y.length / 2) }, (_, i) => 2 * i + 1);
  return mean(guesses.map((row) => Number(y[row] === ((ones.get(key(row)) ?? 0) > 0 ? 1 : 0))));
}

describe('Tables with words', () => {
  it('have numbers first, and then as many categories as they are said to', () => {
    const set = wordsSet('some', 3000, { classes: 3, numbers: 2, categories: [2, 40, 900] }, 5);
    expect(set).to.include({ name: 'some', rows: 3000, columns: 5, classes: 3 });
    expect(set.categorical).to.deep.equal([2, 3, 4]);
    expect([2, 3, 4].map((column) => countsOf(set.x, column, 5).length)).to.deep.equal([2, 40, 900]);
    expect(countsOf(set.x, 0, 5).length).to.be.above(2900);
    expect(new Set(set.y)).to.have.property('size', 3);
    for (let row = 0; row < 3000; row++)
      expect(set.x[5 * row + 4])
        .to.satisfy(Number.isInteger)
        .and.within(0, 899);
  });

  it("have words as frequent as Zipf's law has it", () => {
    const { x } = words({ classes: 2, numbers: 0, categories: [20] }, 1)(50_000);
    const counts = countsOf(x, 0, 1);
    for (const rank of [2, 3, 10]) expect(counts[0] / counts[rank - 1]).to.be.closeTo(rank, 0.08 * rank);
  });

  it('have words whose number says nothing of their frequency', () => {
    const { x } = words({ classes: 2, numbers: 0, categories: [1000] }, 1)(20_000);
    expect(mean(Array.from(x))).to.be.within(250, 750);
    expect(countsOf(x.map(Math.floor), 0, 1)[0]).to.be.above(2000);
  });

  it('have labels that depend on words and on numbers', () => {
    const { x, y } = words({ classes: 2, numbers: 2, categories: [30] }, 3)(20_000);
    const usual = Math.max(mean(Array.from(y)), 1 - mean(Array.from(y)));
    expect(shareKnownBy(y, (row) => x[3 * row + 2])).to.be.above(usual + 0.05);
    expect(shareKnownBy(y, (row) => Math.round(2 * x[3 * row]))).to.be.above(usual + 0.05);
    // The second number is one of chance.
    expect(shareKnownBy(y, (row) => Math.round(2 * x[3 * row + 1]))).to.be.below(usual + 0.02);
  });

  it('have labels that pairs of words say more of than both words on their own', () => {
    const shape = { classes: 2, numbers: 0, categories: [6, 8] };
    const gain = (pairs?: readonly [number, number]) => {
      const { x, y } = words({ ...shape, pairs }, 4)(20_000);
      const alone = Math.max(...[0, 1].map((column) => shareKnownBy(y, (row) => x[2 * row + column])));
      return shareKnownBy(y, (row) => `${x[2 * row]} ${x[2 * row + 1]}`) - alone;
    };
    expect(gain([0, 1])).to.be.above(0.05);
    expect(gain([0, 1])).to.be.above(gain() + 0.02);
  });

  it('are the same every time, and go on with other rows', () => {
    const shape = { classes: 2, numbers: 1, categories: [5], pairs: undefined };
    const draw = words(shape, 1);
    expect(draw(50)).to.deep.equal(words(shape, 1)(50));
    expect(draw(50)).not.to.deep.equal(words(shape, 1)(50));
    expect(words(shape, 2)(50)).not.to.deep.equal(words(shape, 1)(50));
  });

  it('make problems whose rows to train on have every category, the most frequent one 0', () => {
    const { x, q, y, qy, columns, nCategories } = wordsProblem(
      5000,
      { classes: 2, numbers: 1, categories: [10, 2000], pairs: [0, 1] },
      300,
    );
    expect([x.length, y.length, q.length, qy.length]).to.deep.equal([15_000, 5000, 900, 300]);
    expect(nCategories).to.deep.equal(Uint32Array.of(0, 10, 2000));
    const rowsOf = (code: number) => y.filter((_, row) => x[columns * row + 2] === code).length;
    expect(rowsOf(0)).to.equal(countsOf(x, 2, columns)[0]);
    expect(rowsOf(1999)).to.equal(1);
  });
});
