import { Metadata, status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { CallAbortedError, ModelServerError } from '../../client/index.js';
import { fakeError } from './fake-server.js';

describe('ModelServerError', () => {
  it('has the reason, the field violations and the delay of the server', () => {
    const violations = [
      { field: 'name', description: 'must not be empty' },
      { field: 'x.rows[3].values[2]', description: 'is NaN' },
    ];
    const cause = fakeError(status.INVALID_ARGUMENT, 'two faults', {
      reason: 'INVALID_REQUEST',
      violations,
      retryAfterMs: 1500,
    });
    const error = new ModelServerError('Fit', cause);
    expect(error).to.be.an.instanceOf(Error);
    expect(error).to.include({
      name: 'ModelServerError',
      message: 'two faults',
      method: 'Fit',
      code: status.INVALID_ARGUMENT,
      codeName: 'INVALID_ARGUMENT',
      reason: 'INVALID_REQUEST',
      retryAfterMs: 1500,
      metadata: cause.metadata,
      cause,
    });
    expect(error.violations).to.deep.equal(violations);
  });

  it('does without details', () => {
    const error = new ModelServerError('Load', { code: status.UNAVAILABLE, details: '' });
    expect(error).to.include({ message: 'UNAVAILABLE', reason: undefined, retryAfterMs: undefined });
    expect(error.violations).to.deep.equal([]);
  });

  it('does without details that cannot be read', () => {
    const metadata = new Metadata();
    metadata.set('grpc-status-details-bin', Buffer.from([0xff, 0xff, 0xff]));
    const error = new ModelServerError('Load', { code: status.INTERNAL, details: 'x', metadata });
    expect(error).to.include({ codeName: 'INTERNAL', reason: undefined });
  });

  it('takes no notice of details that it does not know', () => {
    const cause = fakeError(status.INTERNAL, 'x', { reason: 'INTERNAL' });
    const bytes = cause.metadata.get('grpc-status-details-bin')[0] as Buffer;
    const patched = Buffer.from(bytes.toString('latin1').replace('ErrorInfo', 'OtherInfo'), 'latin1');
    cause.metadata.set('grpc-status-details-bin', patched);
    expect(new ModelServerError('Load', cause).reason).to.equal(undefined);
  });
});

describe('CallAbortedError', () => {
  it('is CANCELLED, is called AbortError, and has the reason of the signal as its cause', () => {
    const error = new CallAbortedError('Fit', AbortSignal.abort('enough'));
    expect(error).to.be.an.instanceOf(ModelServerError);
    expect(error).to.include({ name: 'AbortError', code: status.CANCELLED, cause: 'enough' });
  });
});
