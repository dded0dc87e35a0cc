import type { ServerInterceptingCall, ServerInterceptor } from '@grpc/grpc-js';
import type { Http2Session } from 'node:http2';
import { widenReceiveWindow } from './receive-window.js';
import { streamOf } from './stream-of.js';
import { keepStreamsInLiveTable } from './stream-table.js';

const prepared = new WeakSet<Http2Session>();

/** Prepares each connection with the first call over it, since grpc-js shows it to nobody before; the calls stay as they are. */
export const prepareConnections: ServerInterceptor = (_method, call) => {
  const session = streamOf(call)?.session;
  if (session !== undefined && !session.destroyed && !prepared.has(session)) {
    prepared.add(session);
    widenReceiveWindow(session);
    keepStreamsInLiveTable(session);
  }
  // An interceptor may return the call that it got; only its type asks for another one.
  return call as ServerInterceptingCall;
};
