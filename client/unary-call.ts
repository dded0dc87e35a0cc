import { type Client, type Metadata, type MethodDefinition, status } from '@grpc/grpc-js';
import { CallAbortedError, ModelServerError } from './errors.js';

/** A unary method of a generated service definition. */
export type UnaryMethod<Request, Response> = Pick<
  MethodDefinition<Request, Response>,
  'path' | 'requestSerialize' | 'responseDeserialize'
>;

/** One attempt of a call. */
export interface Attempt {
  readonly metadata: Metadata;
  /** Milliseconds since 1970, or Infinity. */
  readonly deadline: number;
  readonly signal?: AbortSignal;
}

/** The RPC's name, for example 'Fit' for '/modelserver.v1.ModelServer/Fit'. */
export function methodName({ path }: { readonly path: string }): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/**
 * Makes one unary call.
 *
 * @throws ModelServerError when the call fails, CallAbortedError when the signal
 *   ends it (also one that was aborted before: then nothing is sent).
 */
export function unaryCall<Request, Response>(
  client: Client,
  method: UnaryMethod<Request, Response>,
  request: Request,
  { metadata, deadline, signal }: Attempt,
): Promise<Response> {
  const { path, requestSerialize, responseDeserialize } = method;
  const name = methodName(method);
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(new CallAbortedError(name, signal));
      return;
    }
    const options = { deadline };
    const call = client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      request,
      metadata,
      options,
      (error, response) => {
        signal?.removeEventListener('abort', abort);
        if (error === null && response !== undefined) resolve(response);
        else if (signal?.aborted) reject(new CallAbortedError(name, signal));
        else reject(new ModelServerError(name, error ?? { code: status.UNKNOWN, details: 'no answer' }));
      },
    );
    function abort() {
      call.cancel();
    }
    signal?.addEventListener('abort', abort, { once: true });
  });
}
