import type { ServerInterceptingCallInterface } from '@grpc/grpc-js';
import type { ServerHttp2Stream } from 'node:http2';

export type { ServerHttp2Stream } from 'node:http2';

/**
 * The HTTP/2 stream below a call, which grpc-js keeps to itself; undefined where
 * it has moved. Whoever asks must do without it, too.
 */
export function http2StreamOf(call: ServerInterceptingCallInterface): ServerHttp2Stream | undefined {
  const { stream } = call as { readonly stream?: Partial<ServerHttp2Stream> };
  return typeof stream?.cork === 'function' && typeof stream.session === 'object'
    ? (stream as ServerHttp2Stream)
    : undefined;
}
