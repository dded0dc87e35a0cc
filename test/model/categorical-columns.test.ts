import { expect } from 'chai';
import { MAX_CATEGORIES, MAX_CATEGORY_BYTES, MAX_FEATURE_BYTES } from '../../src/estimators/category-limits.js';
import { DomainError } from '../../src/errors.js';
import { CategoricalColumns } from '../../src/model/categorical-columns.js';
import type { NamedMatrix } from '../../src/model/features.js';

const never = new AbortController().signal;

/** A table of a column of numbers, and these strings. */
function table(strings: readonly string[]): NamedMatrix {
  return {
    rows: strings.length,
    columns: 2,
    data: Float64Array.from({ length: 2 * strings.length }, (_, i) => (i % 2 === 0 ? i / 2 : 0)),
    encoding: 'columns',
    columnNames: ['code', 'colour'],
    strings: [undefined, strings],
  };
}

const find = (x: NamedMatrix, categorical: number[] = [], signal = never) =>
  CategoricalColumns.of(x, ['code', 'colour'], categorical, signal);

describe('The categorical columns of a training', () => {
  it('are those of strings and those that the caller names, with the paths of both', async () => {
    const { columns } = await find(table(['a', 'b']), [0]);
    expect(columns).to.deep.equal([
      { column: 0, name: 'code', path: 'options.categorical_features[0]' },
      { column: 1, name: 'colour', path: 'x.columns[1].strings' },
    ]);
    // Strings are categories anyway.
    expect((await find(table(['a', 'b']), [1])).columns).to.deep.equal(columns.slice(1));
  });

  it('hold strings as numbers, by first appearance, and give them back by rank', async () => {
    const x = table(['b', '', 'b', 'a', '']);
    const found = await find(x, [0]);
    expect(Array.from(x.data)).to.deep.equal([0, 0, 1, 1, 2, 0, 3, 2, 4, 1]);
    const integers = Float64Array.of(4, 2);
    expect(await found.categoriesOf(2, [integers, Float64Array.of(1, 0, 2)], never)).to.deep.equal([
      { kind: 'integer', values: integers },
      { kind: 'string', values: ['', 'b', 'a'] },
    ]);
  });

  it('are none where all are numbers', async () => {
    const { strings: _, ...numbers } = table(['a', 'b']);
    const found = await find(numbers);
    expect(found.columns).to.deep.equal([]);
    expect(await found.categoriesOf(2, [], never)).to.deep.equal([undefined, undefined]);
  });

  it('are read in turns with all else, and no further once nobody waits', async () => {
    const many = table(Array.from({ length: 300_000 }, (_, i) => `category ${i}`));
    let turns = 0;
    let done = false;
    const others = (): void => {
      if (done) return;
      turns++;
      setImmediate(others);
    };
    others();
    await find(many);
    done = true;
    expect(turns).to.be.above(2);
    const abort = new AbortController();
    const reading = find(many, [], abort.signal);
    abort.abort(new DomainError('REQUEST_CANCELLED', 'gone'));
    expect(await refusalOf(reading)).to.have.property('reason', 'REQUEST_CANCELLED');
  }).timeout(60_000);

  it('are refused with more categories than a feature may have', async () => {
    const distinct = Array.from({ length: MAX_CATEGORIES + 1 }, (_, i) => `c${i}`);
    const refusal = await refusalOf(find(table(distinct)));
    expect(refusal)
      .to.have.property('message')
      .that.matches(/^x\.columns\[1\]\.strings: has more than 1048576 categories/);
    expect((await find(table(distinct.slice(1)))).columns).to.have.length(1);
  }).timeout(60_000);

  it('are refused with categories that take more than a feature’s may', async () => {
    const count = Math.floor(MAX_FEATURE_BYTES / MAX_CATEGORY_BYTES);
    const distinct = Array.from({ length: count + 1 }, (_, i) => String(i).padStart(MAX_CATEGORY_BYTES, '-'));
    const refusal = await refusalOf(find(table(distinct)));
    expect(refusal)
      .to.have.property('message')
      .that.matches(/^x\.columns\[1\]\.strings: .*more than 67108864 bytes/);
    expect((await find(table(distinct.slice(1)))).columns).to.have.length(1);
  }).timeout(60_000);
});

async function refusalOf(found: Promise<unknown>): Promise<unknown> {
  try {
    await found;
  } catch (error) {
    return error;
  }
  throw new Error('nothing was refused');
}
