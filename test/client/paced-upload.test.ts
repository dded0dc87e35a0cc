import { expect } from 'chai';
import { CHUNK_BYTES, FitUpload } from '../../client/fit-upload.js';
import { type FitStream, PacedUpload } from '../../client/paced-upload.js';

/** A stream of gRPC that leaves it to the test when there is room for more. */
class HeldStream {
  readonly written: (() => void)[] = [];
  writableEnded = false;

  write(_bytes: Uint8Array, onRoom: () => void): void {
    this.written.push(onRoom);
  }

  end(): void {
    this.writableEnded = true;
  }
}

describe('a paced upload', () => {
  /** Of five parts, each of one row. */
  function upload(): FitUpload {
    const x = Array.from({ length: 5 }, () => new Float64Array(CHUNK_BYTES / 8));
    return new FitUpload({ name: 'a', estimator: { xgbClassifier: {} }, x, y: [0, 1, 0, 1, 0] });
  }

  function paced(onFault: (error: unknown) => void = () => undefined): { stream: HeldStream; paced: PacedUpload } {
    const stream = new HeldStream();
    return { stream, paced: new PacedUpload(stream as unknown as FitStream, upload(), undefined, onFault) };
  }

  it('makes no more parts than two ahead of what gRPC has taken, and half-closes after the last', () => {
    const { stream, paced: sending } = paced();
    expect(stream.written).to.have.length(0);
    sending.start();
    expect(stream.written).to.have.length(2);
    stream.written[0]();
    expect(stream.written).to.have.length(3);
    stream.written[1]();
    stream.written[2]();
    expect(stream.written).to.have.length(5);
    expect(stream.writableEnded).to.equal(false);
    stream.written[3]();
    expect(stream.writableEnded).to.equal(true);
    stream.written[4]();
    expect(stream.written).to.have.length(5);
  });

  it('writes nothing to a stream that has ended', () => {
    const { stream, paced: sending } = paced();
    sending.start();
    sending.stop();
    stream.written[0]();
    expect(stream.written).to.have.length(2);
    expect(stream.writableEnded).to.equal(false);
  });
});
