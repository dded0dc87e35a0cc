import type { ServerInterceptingCall, ServerInterceptor } from '@grpc/grpc-js';
import type { Http2Session } from 'node:http2';
import { streamOf } from './stream-of.js';

/**
 * How much of a stream may come before it is read, in bytes: the rows of a thousand,
 * or so much of an upload. As it may all come in one turn of the loop, four times
 * as much keeps everybody else waiting for three times as long.
 */
export const STREAM_WINDOW = 2 ** 18;
/** The same of all streams of a connection together. */
const CONNECTION_WINDOW = 2 ** 20;

const widened = new WeakSet<Http2Session>();

/**
 * Lets clients send more of a message before they have to wait for news of what was
 * read. By default HTTP/2 lets them send 64 KiB, so that each 64 KiB of an upload
 * take a round trip, and a Predict of a thousand rows two.
 *
 * grpc-js has such an option for clients only; so this interceptor, which leaves the
 * calls as they are, widens the windows of a connection with the first call over it.
 */
export const widenReceiveWindow: ServerInterceptor = (_method, call) => {
  const session = streamOf(call)?.session;
  if (session !== undefined && !session.destroyed && !widened.has(session)) {
    widened.add(session);
    session.settings({ initialWindowSize: STREAM_WINDOW });
    session.setLocalWindowSize(CONNECTION_WINDOW);
  }
  // An interceptor may return the call that it got; only its type asks for another one.
  return call as ServerInterceptingCall;
};
