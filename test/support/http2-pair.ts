import { once } from 'node:events';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  createServer,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';

/** A stream of a bare server's, which has begun to answer, and its client. */
export interface Http2Pair {
  readonly stream: ServerHttp2Stream;
  readonly call: ClientHttp2Stream;
  readonly session: ClientHttp2Session;
  readonly close: () => Promise<void>;
}

/** @param window how many bytes of a body the client takes unread */
export async function http2Pair(window: number): Promise<Http2Pair> {
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
