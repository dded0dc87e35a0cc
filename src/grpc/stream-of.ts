import type { ServerHttp2Stream } from 'node:http2';

/** The HTTP/2 stream of a call of grpc-js next to it; undefined where grpc-js has moved it. */
export function streamOf(call: object): ServerHttp2Stream | undefined {
  const { stream } = call as { readonly stream?: Partial<ServerHttp2Stream> };
  return typeof stream?.prependListener === 'function' && typeof stream.close === 'function'
    ? (stream as ServerHttp2Stream)
    : undefined;
}
