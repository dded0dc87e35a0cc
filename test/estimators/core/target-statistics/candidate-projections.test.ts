import { expect } from 'chai';

import { candidateProjections } from '../../../../src/estimators/core/target-statistics/candidate-projections.js';
import {
  projectionOf,
  statisticOf,
  type Test,
  type TreeSplit,
} from '../../../../src/estimators/core/target-statistics/projection.js';

const above: Test = { column: 0, border: 0.5, missing: false };
const below: Test = { column: 1, border: -1, missing: true };
const isFirst: Test = { column: 2, category: 0 };

function onStatistic(columns: readonly number[], tests: readonly Test[] = []): TreeSplit {
  return { statistic: statisticOf(projectionOf(columns, tests), { kind: 'counter' }), cut: 3 };
}

function keys(splits: readonly TreeSplit[], complexity = 4): string[] {
  return candidateProjections([5, 6, 7], complexity, splits).map(({ key }) => key);
}

describe('The projections that a level may look at', () => {
  const single = ['5|', '6|', '7|'];

  it('are the columns at first', () => {
    expect(keys([])).to.deep.equal(single);
  });

  it('are then all tests of the tree, and the projection of each statistic, with a column more', () => {
    expect(keys([{ test: above }])).to.deep.equal([...single, '5|0>0.5', '6|0>0.5', '7|0>0.5']);
    expect(keys([{ test: above }, onStatistic([6]), { test: isFirst }])).to.deep.equal([
      ...single,
      '5|0>0.5,2=0',
      '6|0>0.5,2=0',
      '7|0>0.5,2=0',
      '5,6|',
      '6,7|',
    ]);
    expect(keys([{ test: below }, onStatistic([5], [below])])).to.deep.equal([
      ...single,
      '5|1>-1?',
      '6|1>-1?',
      '7|1>-1?',
      '5,6|1>-1?',
      '5,7|1>-1?',
    ]);
  });

  it('are named once each, whatever way leads to them', () => {
    expect(keys([onStatistic([6]), onStatistic([5]), onStatistic([6])])).to.deep.equal([
      ...single,
      '5,6|',
      '6,7|',
      '5,7|',
    ]);
    const one = projectionOf([7, 5], [above, isFirst]);
    expect(one.key).to.equal(projectionOf([5, 7], [isFirst, above]).key);
    expect(one.columns).to.deep.equal([5, 7]);
  });

  it('are not more complex than they may be, where tests count as one column', () => {
    const splits = [{ test: above }, onStatistic([5, 6]), onStatistic([6], [above])];
    expect(keys(splits, 1)).to.deep.equal(single);
    expect(keys(splits, 2)).to.deep.equal([...single, '5|0>0.5', '6|0>0.5', '7|0>0.5']);
    expect(keys(splits, 3)).to.include.members(['5,6,7|', '5,6|0>0.5', '6,7|0>0.5']);
    expect(keys([onStatistic([5, 6], [above])], 3)).to.deep.equal(single);
    expect(keys([onStatistic([5, 6], [above])], 4)).to.deep.equal([...single, '5,6,7|0>0.5']);
  });

  it('have no test twice', () => {
    expect(keys([{ test: above }, { test: { ...above } }])).to.deep.equal(single);
  });
});
