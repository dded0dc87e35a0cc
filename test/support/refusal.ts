import { expect } from 'chai';

import { DomainError, type ErrorReason } from '../../src/errors.js';

/** The domain error that `act` throws; fails unless it has `reason` and exactly these field paths. */
export function refusalOf(act: () => unknown, reason: ErrorReason, fields: readonly string[]): DomainError {
  let thrown: unknown;
  try {
    act();
  } catch (error) {
    thrown = error;
  }
  if (!(thrown instanceof DomainError)) throw new Error('nothing was refused', { cause: thrown });
  expect(thrown.reason).to.equal(reason);
  expect(thrown.violations.map(({ field }) => field)).to.deep.equal(fields);
  return thrown;
}

/** What a promise is rejected with; fails where it is not. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('nothing was rejected');
}
