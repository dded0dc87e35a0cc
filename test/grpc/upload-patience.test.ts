import { expect } from 'chai';
import { UploadPatience } from '../../src/grpc/upload-patience.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

describe('The patience with an upload', () => {
  it('ends with a trickle, however regular it is', () => {
    const patience = new UploadPatience(MINUTE);
    // A row of 20 doubles a second.
    let seconds = 0;
    while (patience.leftMs > SECOND) {
      patience.spend(SECOND, 160);
      seconds++;
    }
    expect(seconds).to.be.within(60, 75);
  });

  it('does not end with 1 KiB a second, and is whole again after as much as a pause took', () => {
    const patience = new UploadPatience(MINUTE);
    for (let i = 0; i < 10_000; i++) patience.spend(SECOND, 1024);
    expect(patience).to.include({ leftMs: MINUTE, isStrained: false });
    patience.spend(59 * SECOND, 1024);
    expect(patience).to.include({ leftMs: 2 * SECOND, isStrained: true });
    patience.spend(0, 58 * 1024);
    expect(patience).to.include({ leftMs: MINUTE, isStrained: false });
  });

  it('does not grow with what comes sooner than it must', () => {
    const patience = new UploadPatience(MINUTE);
    patience.spend(SECOND, 2 ** 30);
    expect(patience.leftMs).to.equal(MINUTE);
  });
});
