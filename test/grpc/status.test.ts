import { status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { BadRequest, ErrorInfo, RetryInfo } from '../../generated/google/rpc/error_details.js';
import { Status } from '../../generated/google/rpc/status.js';
import { DomainError, fromViolations, invalid } from '../../src/errors.js';
import { toDomainError, toServiceError } from '../../src/grpc/status.js';

function richStatus(error: DomainError): Status {
  const [bytes] = toServiceError(error).metadata.get('grpc-status-details-bin');
  return Status.decode(bytes as Buffer);
}

describe('the status of an error', () => {
  it('has code, message and details that say the same', () => {
    const error = invalid('x.rows[3].values', 'has 2 values; the first row has 3');
    const { code, details } = toServiceError(error);
    const rich = richStatus(error);
    expect(code).to.equal(status.INVALID_ARGUMENT);
    expect(rich).to.include({ code, message: details });
    const [info, badRequest] = rich.details;
    expect(ErrorInfo.decode(info.value)).to.deep.include({ reason: 'INVALID_REQUEST', domain: 'modelserver' });
    expect(BadRequest.decode(badRequest.value).fieldViolations[0]).to.include({
      field: 'x.rows[3].values',
      description: 'has 2 values; the first row has 3',
    });
  });

  it('says when a repetition may succeed', () => {
    const error = new DomainError('NO_FREE_TRAINING_SLOT', 'busy', { retryAfterMs: 1500 });
    const { value } = richStatus(error).details[1];
    expect(RetryInfo.decode(value).retryDelay).to.deep.equal({ seconds: 1n, nanos: 500_000_000 });
  });

  it('tells nothing of the inside of an unexpected error', () => {
    const error = toDomainError(new TypeError('/srv/secret is undefined'));
    expect(error.reason).to.equal('INTERNAL');
    expect(JSON.stringify([toServiceError(error).details, richStatus(error)])).not.to.include('secret');
    expect(error.cause).to.be.instanceOf(TypeError);
  });

  for (const letter of ['a', 'ä', '漢', '😀', '\uD800']) {
    it(`stays small enough for every client, however long its text, in the letter ${JSON.stringify(letter)}`, () => {
      const long = letter.repeat(5000);
      const violations = Array.from({ length: 100 }, () => ({ field: long, description: long }));
      const { details, metadata } = toServiceError(fromViolations('INVALID_REQUEST', violations));
      const [bytes] = metadata.get('grpc-status-details-bin') as Buffer[];
      expect(bytes.byteLength).to.be.below(4096);
      expect(encodeURIComponent(details).length + bytes.toString('base64').length).to.be.below(7500);
    });
  }
});
