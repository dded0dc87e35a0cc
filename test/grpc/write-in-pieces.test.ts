import { expect } from 'chai';
import { PIECE_BYTES, writeInPieces } from '../../src/grpc/write-in-pieces.js';
import { http2Pair } from '../support/http2-pair.js';

const bytes = (count: number) => Buffer.from(Uint8Array.from({ length: count }, (_, i) => i % 251));

describe('A chunk that is written in pieces', () => {
  it('arrives as it is, among others, and before the end', async () => {
    const { stream, call, close } = await http2Pair(2 ** 20);
    stream.on('wantTrailers', () => stream.sendTrailers({ end: 'yes' }));
    const chunks = [10, PIECE_BYTES + 1, 20, 30, PIECE_BYTES, 5 * PIECE_BYTES, 40].map(bytes);
    writeInPieces(stream, () => undefined);
    writeInPieces(stream, () => undefined);
    const order: number[] = [];
    for (const chunk of chunks) stream.write(chunk, () => order.push(chunk.byteLength));
    stream.end();
    const received: Buffer[] = [];
    for await (const chunk of call) received.push(chunk as Buffer);
    expect(Buffer.concat(received).equals(Buffer.concat(chunks))).to.equal(true);
    expect(order).to.deep.equal(chunks.map(({ byteLength }) => byteLength));
    await close();
  });

  it('tells of each piece when it has been taken, while it counts as unsent as a whole', async () => {
    const { stream, call, session, close } = await http2Pair(0);
    let taken = 0;
    let heard = (): void => undefined;
    writeInPieces(stream, () => {
      taken++;
      heard();
    });
    const size = 3 * PIECE_BYTES;
    stream.write(bytes(size));
    // It reads into its own buffer, which takes what its window lets through.
    call.pause();
    for (let pieces = 1; pieces < 3; pieces++) {
      const next = new Promise<void>((resolve) => (heard = resolve));
      session.settings({ initialWindowSize: pieces * PIECE_BYTES });
      await next;
      expect(taken).to.equal(pieces);
      expect(stream.writableLength).to.equal(size);
    }
    await close();
  });
});
