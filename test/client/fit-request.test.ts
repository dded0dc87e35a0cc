import { expect } from 'chai';
import { type FitRequest, InputError } from '../../client/index.js';
import { encodeFitRequest } from '../../client/fit-request.js';

describe('the categorical features of a fit', () => {
  const table = {
    columns: new Map([
      ['zip', [1, 2]],
      ['age', [30, 40]],
      ['shop', [1, 1]],
    ]),
  };

  function encoded(more: Partial<FitRequest>): readonly number[] | undefined {
    const request = {
      name: 'a',
      estimator: { lgbmClassifier: {} },
      x: [
        [1, 2],
        [3, 4],
      ],
      y: [0, 1],
      ...more,
    };
    return encodeFitRequest(request).options?.categoricalFeatures;
  }

  it('are indexes of columns, none unless they are given', () => {
    expect(encoded({})).to.deep.equal([]);
    expect(encoded({ categoricalFeatures: [1, 0] })).to.deep.equal([1, 0]);
  });

  it("may be names, of a table's columns or from featureNames", () => {
    expect(encoded({ x: table, categoricalFeatures: ['shop', 'zip', 1] })).to.deep.equal([2, 0, 1]);
    expect(encoded({ featureNames: ['zip', 'age'], categoricalFeatures: ['age'] })).to.deep.equal([1]);
  });

  it('are columns that there are', () => {
    expect(() => encoded({ x: table, categoricalFeatures: ['zip', 'shp'] })).to.throw(
      InputError,
      'categoricalFeatures[1]: shp is no column; there are zip, age, shop',
    );
    expect(() => encoded({ categoricalFeatures: ['zip'] })).to.throw(InputError, 'the columns of x have no names');
    expect(() => encoded({ categoricalFeatures: [-1] })).to.throw(InputError, 'categoricalFeatures[0]: is -1');
  });
});
