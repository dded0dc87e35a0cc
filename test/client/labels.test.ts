import { expect } from 'chai';
import { InputError, type LabelsInput } from '../../client/index.js';
import { decodeLabels, encodeLabels } from '../../client/labels.js';
import { Labels } from '../../generated/modelserver/v1/model_server.js';

function roundTrip(y: LabelsInput): unknown {
  return decodeLabels(Labels.decode(Labels.encode(encodeLabels(y)).finish()));
}

describe('labels', () => {
  it('come back as they went in', () => {
    expect(roundTrip(['b', 'a', ''])).to.deep.equal(['b', 'a', '']);
    expect(roundTrip([3, -1, 2 ** 31 - 1])).to.deep.equal([3, -1, 2 ** 31 - 1]);
    expect(roundTrip([3, 2 ** 40])).to.deep.equal([3, 2 ** 40]);
    expect(roundTrip(Int32Array.of(9, 1, 2, 9).subarray(1, 3))).to.deep.equal([1, 2]);
    expect(roundTrip([1n, 2n ** 62n])).to.deep.equal([1n, 2n ** 62n]);
  });

  it('are bigints only where one is beyond the safe integers', () => {
    expect(roundTrip([1n, -2n])).to.deep.equal([1, -2]);
  });

  it('are packed when they fit into 32 bits', () => {
    expect(encodeLabels([1, 2]).rawInt32).to.have.length(8);
    expect(encodeLabels([1, 2 ** 40])).to.deep.include({ rawInt32: undefined, ints: [1n, 2n ** 40n] });
  });

  it('must be integers, of one type, and fit into 64 bits', () => {
    expect(() => encodeLabels([])).to.throw(InputError, 'y: has no labels');
    expect(() => encodeLabels([0, 1.5])).to.throw(InputError, 'y[1]: is 1.5; numeric labels must be integers');
    expect(() => encodeLabels([0, 'a'] as unknown as string[])).to.throw(InputError, 'y[1]: is a string');
    expect(() => encodeLabels([true] as unknown as string[])).to.throw(InputError, 'y[0]: must be a string');
    expect(() => encodeLabels([2n ** 63n])).to.throw(InputError, 'integer labels have 64 bits');
  });

  it('are undefined where a message has none', () => {
    expect(decodeLabels(undefined)).to.equal(undefined);
  });
});
