import { expect } from 'chai';
import type { ModelCategories } from '../../src/model/categories.js';
import {
  alignToFeatures,
  featureNamesOf,
  featuresOf,
  moveColumns,
  type NamedMatrix,
} from '../../src/model/features.js';
import { MAX_SHOWN, MAX_SHOWN_BYTES } from '../../src/model/shown-categories.js';
import { refusalOf } from '../support/refusal.js';

const categories: ModelCategories = [
  undefined,
  { kind: 'string', values: ['red', 'blue'] },
  { kind: 'integer', values: Float64Array.of(7, -1) },
];
const features = featuresOf(['size', 'colour', 'code'], categories);

/** One row of these columns. */
function row(columns: Readonly<Record<string, number | string>>): NamedMatrix {
  const values = Object.values(columns);
  const strings = values.map((value) => (typeof value === 'string' ? [value] : undefined));
  return {
    rows: 1,
    columns: values.length,
    data: Float64Array.from(values, (value) => (typeof value === 'number' ? value : 0)),
    encoding: 'columns',
    columnNames: Object.keys(columns),
    ...(strings.every((each) => each === undefined) ? {} : { strings }),
  };
}

describe('The features of a model', () => {
  it('have their kinds, and the first of their categories as text', () => {
    expect(features).to.deep.equal([
      { name: 'size', kind: 'numeric' },
      { name: 'colour', kind: 'categorical', categoryKind: 'string', nCategories: 2, shownCategories: ['red', 'blue'] },
      { name: 'code', kind: 'categorical', categoryKind: 'integer', nCategories: 2, shownCategories: ['7', '-1'] },
    ]);
  });

  it('show no more categories than are good to send', () => {
    const shownOf = (...each: ModelCategories) =>
      featuresOf(each.map(String), each).map((feature) =>
        feature.kind === 'categorical' ? feature.shownCategories.length : undefined,
      );
    const numbered = (count: number, length = 1) => ({
      kind: 'string' as const,
      values: Array.from({ length: count }, (_, i) => String(i).padStart(length, '0')),
    });
    expect(shownOf(numbered(MAX_SHOWN), undefined, numbered(MAX_SHOWN + 1))).to.deep.equal([
      MAX_SHOWN,
      undefined,
      MAX_SHOWN,
    ]);
    const long = 10_000;
    expect(shownOf(numbered(500, long))[0]).to.be.within(100, MAX_SHOWN_BYTES / long);
    // All have an equal share, whatever the others need.
    expect(shownOf(numbered(500, long), numbered(2))).to.deep.equal([52, 2]);
  });

  it('are named by the table, by the caller, or by their places', () => {
    const table = row({ a: 1, b: 'x' });
    expect(featureNamesOf(table, [])).to.deep.equal(['a', 'b']);
    const bare: NamedMatrix = { rows: 1, columns: 2, data: new Float64Array(2), encoding: 'rows' };
    expect(featureNamesOf(bare, [])).to.deep.equal(['x0', 'x1']);
    expect(featureNamesOf(bare, ['u', 'v'])).to.deep.equal(['u', 'v']);
    for (const [x, names] of [
      [table, ['u', 'v']],
      [bare, ['u']],
    ] as [NamedMatrix, string[]][]) {
      refusalOf(() => featureNamesOf(x, names), 'INVALID_REQUEST', ['options.feature_names']);
    }
  });

  it('are put in order, the strings of a column with it', () => {
    const aligned = alignToFeatures(row({ colour: 'blue', code: 7, size: 0.5 }), features);
    expect(Array.from(aligned.data)).to.deep.equal([0, 7, 0.5]);
    moveColumns(aligned, 0, 1);
    expect(Array.from(aligned.data)).to.deep.equal([0.5, 0, 7]);
    expect(aligned.strings).to.deep.equal([undefined, ['blue'], undefined]);
    expect(aligned.sources).to.deep.equal([2, 0, 1]);
    const asIs = row({ size: 0.5, colour: 'blue', code: 7 });
    expect(alignToFeatures(asIs, features)).to.equal(asIs);
    moveColumns(asIs, 0, 1);
    expect(Array.from(asIs.data)).to.deep.equal([0.5, 0, 7]);
  });

  it('are put in order in some rows, while the others stay', () => {
    const one = row({ colour: 'blue', code: 7, size: 0.5 });
    const data = Float64Array.of(0, 1, 2, 0, 3, 4, 0, 5, 6, 0, 7, 8);
    const strings = [['blue', 'red', 'red', 'blue'], undefined, undefined];
    moveColumns(alignToFeatures({ ...one, rows: 4, data, strings }, features), 1, 3);
    expect(Array.from(data)).to.deep.equal([0, 1, 2, 4, 0, 3, 6, 0, 5, 0, 7, 8]);
  });

  it('take strings or numbers, and say which where the wrong ones come', () => {
    const wrong = row({ code: '7', size: '0.5', colour: 3 });
    const { violations } = refusalOf(() => alignToFeatures(wrong, features), 'INVALID_REQUEST', [
      'x.columns[1].strings',
      'x.columns[2].numbers',
      'x.columns[0].strings',
    ]);
    expect(violations.map(({ description }) => description)).to.deep.equal([
      'the feature "size" is numeric; send numbers, not strings',
      'the feature "colour" has categories, which are strings; send strings, not numbers',
      'the feature "code" has categories, which are integers; send numbers, not strings',
    ]);
  });

  it('that are strings need a table', () => {
    for (const [encoding, field] of [
      ['rows', 'x.rows'],
      ['raw', 'x.raw'],
    ] as const) {
      const x: NamedMatrix = { rows: 1, columns: 3, data: new Float64Array(3), encoding };
      const { message } = refusalOf(() => alignToFeatures(x, features), 'INVALID_REQUEST', [field]);
      expect(message).to.contain('"colour"').and.contain('send x.columns');
      const noStrings = [features[0], features[2], features[2]];
      expect(alignToFeatures(x, noStrings)).to.equal(x);
    }
  });
});
