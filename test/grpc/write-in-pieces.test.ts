import { expect } from 'chai';
import { connect, createServer, type ServerHttp2Stream } from 'node:http2';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { PIECE_BYTES, writeInPieces } from '../../src/grpc/write-in-pieces.js';

const bytes = (count: number) => Buffer.from(Uint8Array.from({ length: count }, (_, i) => i % 251));

describe('A chunk that is written in pieces', () => {
  /** A stream of a server's, and its client, which takes no more than it says. */
  async function pair(window: number) {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
      settings: { initialWindowSize: window },
    });
    await once(session, 'connect');
    session.setLocalWindowSize(2 ** 30);
    const call = session.request({ ':method': 'POST' });
    const [stream] = (await once(server, 'stream')) as [ServerHttp2Stream];
    stream.respond({}, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ end: 'yes' }));
    return {
      stream,
      call,
      session,
      close: async () => {
        session.destroy();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  }

  it('arrives as it is, among others, and before the end', async () => {
    const { stream, call, close } = await pair(2 ** 20);
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
    const { stream, call, session, close } = await pair(0);
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
