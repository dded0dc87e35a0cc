import { expect } from 'chai';
import { effort, inTurn, ratios } from '../../bench/serving/rounds.js';

describe('The rounds of the serving benchmarks', () => {
  it('take every task in each round, forth and back', async () => {
    const order: string[] = [];
    const task = (name: string) => async () => {
      order.push(name);
      return `${name}${order.length}`;
    };
    const results = await inTurn(3, [task('a'), task('b')]);
    expect(order.join('')).to.equal('abbaab');
    expect(results).to.deep.equal([
      ['a1', 'a4', 'a5'],
      ['b2', 'b3', 'b6'],
    ]);
  });

  it('are compared each with its own', () => {
    expect(ratios([2, 9], [4, 3])).to.deep.equal([0.5, 3]);
  });

  it('are fewer and shorter in a smoke test, and never longer than in earnest', () => {
    const whole = { rounds: 9, seconds: 0.25, warmUp: 5 };
    expect(effort(false, whole)).to.equal(whole);
    expect(effort(true, whole)).to.deep.equal({ rounds: 3, seconds: 0.25, warmUp: 2 });
  });
});
