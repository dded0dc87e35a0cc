import type { Http2Session } from 'node:http2';

/**
 * How much of a stream may come before it is read, in bytes; a Predict of 1,000 rows
 * of 20 numbers is less. As so much of an upload may come in one turn of the loop, it
 * must not be much more: with a mebibyte, everybody else waited three times as long.
 */
export const STREAM_WINDOW = 2 ** 18;
/** The same of all streams of a connection together. */
const CONNECTION_WINDOW = 2 ** 20;

/**
 * Lets the clients of a connection send more of a message before they have to wait
 * for news of what was read. By default HTTP/2 lets them send 64 KiB, so that each
 * 64 KiB of an upload take a round trip, and a Predict of a thousand rows two.
 * grpc-js has such an option for clients only.
 */
export function widenReceiveWindow(session: Http2Session): void {
  session.settings({ initialWindowSize: STREAM_WINDOW });
  session.setLocalWindowSize(CONNECTION_WINDOW);
}
