import { expect } from 'chai';
import fc from 'fast-check';

import { encodeLabels } from '../../src/estimators/labels.js';
import { refusalOf } from '../support/refusal.js';

describe('Labels', () => {
  it('are encoded as indexes into their sorted classes', () => {
    const { classes, indexes } = encodeLabels({ kind: 'string', values: ['b', 'a', 'c', 'b'] });
    expect(classes).to.deep.equal({ kind: 'string', values: ['a', 'b', 'c'] });
    expect(Array.from(indexes)).to.deep.equal([1, 0, 2, 1]);
  });

  it('sort as numbers when they are integers, beyond 2^53 too', () => {
    const values = BigInt64Array.of(10n, 9n, -3n, 9007199254740993n, 9007199254740992n);
    const { classes, indexes } = encodeLabels({ kind: 'integer', values });
    expect(classes.values).to.deep.equal(BigInt64Array.of(-3n, 9n, 10n, 9007199254740992n, 9007199254740993n));
    expect(Array.from(indexes)).to.deep.equal([2, 1, 0, 4, 3]);
  });

  it('that came packed have the classes of those that did not', () => {
    const packed = encodeLabels({ kind: 'integer', values: Int32Array.of(7, -1, 7, 2147483647) });
    const wide = encodeLabels({ kind: 'integer', values: BigInt64Array.of(7n, -1n, 7n, 2147483647n) });
    expect(packed).to.deep.equal(wide);
    expect(Array.from(packed.indexes)).to.deep.equal([1, 0, 1, 2]);
  });

  it('sort by code point, as Python sorts, not by UTF-16 unit', () => {
    // U+FFFD sorts before U+1F600, whose first UTF-16 unit is U+D83D.
    const { classes } = encodeLabels({ kind: 'string', values: ['\u{1F600}', '\uFFFD', 'Z', 'a'] });
    expect(classes.values).to.deep.equal(['Z', 'a', '\uFFFD', '\u{1F600}']);
  });

  it('lead back from their indexes', () => {
    const several = fc.array(fc.string({ unit: 'binary' }), { minLength: 2 }).filter((v) => new Set(v).size > 1);
    fc.assert(
      fc.property(several, (values) => {
        const { classes, indexes } = encodeLabels({ kind: 'string', values });
        expect(Array.from(indexes, (index) => classes.values[index])).to.deep.equal(values);
        expect(new Set(indexes).size).to.equal(classes.values.length);
      }),
    );
  });

  it('that are numbered have the classes and indexes of their strings, whatever their numbers', () => {
    const strings = ['z', 'b', 'unused', 'a'];
    const values = Int32Array.of(1, 3, 1, 0);
    const labels = Array.from(values, (number) => strings[number]);
    expect(encodeLabels({ kind: 'numbered', values, strings })).to.deep.equal(
      encodeLabels({ kind: 'string', values: labels }),
    );
    const alike = { kind: 'numbered', values: Int32Array.of(1, 1), strings } as const;
    expect(refusalOf(() => encodeLabels(alike), 'INVALID_REQUEST', ['y']).message).to.contain('2 labels are b');
  });

  it('of one class are refused', () => {
    const refusal = refusalOf(() => encodeLabels({ kind: 'string', values: ['a', 'a'] }), 'INVALID_REQUEST', ['y']);
    expect(refusal.message).to.contain('at least 2 classes');
  });
});
