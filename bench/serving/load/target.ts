import { writeFile } from 'node:fs/promises';
import { grpcFrame } from './grpc-frame.js';

/** A request that a load generator repeats, and what its answers look like. */
export interface Target {
  readonly protocol: 'grpc' | 'http1';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The file of the request's body. */
  readonly bodyPath: string;
  /** Of the body of a right answer. An error of gRPC is an HTTP 200 too, but it has no body. */
  readonly answerBytes: number;
}

/** A unary call of `method`, the same message again and again; its body is put into a file at `bodyPath`. */
export async function grpcTarget(
  address: string,
  method: { readonly path: string },
  message: Uint8Array,
  answer: Uint8Array,
  bodyPath: string,
): Promise<Target> {
  await writeFile(bodyPath, grpcFrame(message));
  return {
    protocol: 'grpc',
    url: `http://${address}${method.path}`,
    headers: { 'content-type': 'application/grpc', te: 'trailers' },
    bodyPath,
    answerBytes: grpcFrame(answer).length,
  };
}

/** A POST of JSON over HTTP/1.1, the same again and again; its body is put into a file at `bodyPath`. */
export async function jsonTarget(url: string, request: object, answer: string, bodyPath: string): Promise<Target> {
  await writeFile(bodyPath, JSON.stringify(request));
  return {
    protocol: 'http1',
    url,
    headers: { 'content-type': 'application/json' },
    bodyPath,
    answerBytes: Buffer.byteLength(answer),
  };
}
