import { expect } from 'chai';
import { CallBytes } from '../../src/grpc/call-bytes.js';
import { InFlightBytes } from '../../src/grpc/in-flight-bytes.js';
import { PIECE_BYTES } from '../../src/grpc/write-in-pieces.js';
import { http2Pair } from '../support/http2-pair.js';

const SIZE = 4 * PIECE_BYTES;

describe('The bytes of a call', () => {
  it('move while its large answer is taken bit by bit', async () => {
    const { stream, call, session, close } = await http2Pair(0);
    const bytes = new CallBytes(new InFlightBytes(SIZE, SIZE), '', undefined, stream);
    bytes.beginHandling({ abort: () => undefined });
    bytes.hold(SIZE);
    bytes.willAnswer(SIZE);
    stream.write(Buffer.alloc(SIZE));
    bytes.endHandling();
    const heldSince = bytes.movedAt;
    expect(bytes.isAtWork).to.equal(false);

    let received = 0;
    const taken = new Promise<void>((resolve) => {
      call.on('data', (chunk: Buffer) => {
        received += chunk.byteLength;
        if (received > PIECE_BYTES) resolve();
      });
    });
    session.settings({ initialWindowSize: PIECE_BYTES + 1 });
    await taken;
    expect(bytes.movedAt).to.be.greaterThan(heldSince);
    expect(stream.writableLength).to.equal(SIZE);
    await close();
  });

  it('move by as much time as they are worth at the least rate, and not beyond now', () => {
    const bytes = new CallBytes(new InFlightBytes(SIZE, SIZE));
    bytes.add(100_000);
    const since = bytes.movedAt;
    while (performance.now() < since + 5);
    bytes.add(1);
    expect(bytes.movedAt).to.be.closeTo(since + 1000 / 1024, 1e-6);
    bytes.giveBack(2);
    expect(bytes.movedAt).to.be.closeTo(since + 3000 / 1024, 1e-6);
    bytes.add(10_000);
    expect(bytes.movedAt).to.be.within(since + 5, performance.now());
  });
});
