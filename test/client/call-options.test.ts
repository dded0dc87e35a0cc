import { expect } from 'chai';
import { deadlineOf, metadataOf } from '../../client/call-options.js';
import { InputError } from '../../client/input-error.js';

describe('The options of a call', () => {
  it('give the earlier of timeout and deadline', () => {
    const soon = new Date(Date.now() + 1000);
    expect(deadlineOf({ timeoutMs: 60_000, deadline: soon })).to.equal(soon.getTime());
    expect(deadlineOf({ timeoutMs: 10, deadline: soon })).to.be.below(soon.getTime());
  });

  it('give no deadline for one that is further away than gRPC can wait', () => {
    for (const timeoutMs of [Infinity, Number.MAX_SAFE_INTEGER, 1e16]) {
      expect(deadlineOf({ timeoutMs })).to.equal(Infinity);
    }
    expect(deadlineOf({ deadline: new Date(8.64e15) })).to.equal(Infinity);
  });

  it('refuse what is no time', () => {
    expect(() => deadlineOf({ timeoutMs: Number.NaN })).to.throw(InputError, 'timeoutMs');
    expect(() => deadlineOf({ deadline: new Date('soon') })).to.throw(InputError, 'deadline');
  });

  it('refuse headers that cannot be sent', () => {
    expect(() => metadataOf({ metadata: { 'bad key': 'x' } })).to.throw(InputError, 'metadata.bad key');
  });
});
