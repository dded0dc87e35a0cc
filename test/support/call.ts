/** What came back from a call, whichever client made it. */
export type Outcome = Success | Failure;

export interface Success {
  readonly ok: true;
  /** The response as proto3 JSON. */
  // eslint-disable-next-line typescript/no-explicit-any -- tests look into responses of all kinds
  readonly response: any;
}

export interface Failure {
  readonly ok: false;
  /** Such as NOT_FOUND. */
  readonly code: string;
  readonly message: string;
  /** Of google.rpc.ErrorInfo; unset where there is none. */
  readonly reason?: string;
  readonly domain?: string;
  /** The paths in google.rpc.BadRequest. */
  readonly fields: readonly string[];
  /** Whether there was a google.rpc.RetryInfo. */
  readonly hasRetryInfo: boolean;
}

export interface CallOptions {
  readonly timeoutMs?: number;
  /** Makes the client give up, in its own way: a cancellation, or the end of its process. */
  readonly signal?: AbortSignal;
}

/** A client, ours or a foreign one, that calls the contract's service with proto3 JSON. */
export interface TestClient {
  call(method: string, request: object, options?: CallOptions): Promise<Outcome>;
  close(): void | Promise<void>;
}

/** The response of a call that must succeed. */
export async function succeed(outcome: Promise<Outcome> | Outcome): Promise<Success['response']> {
  const settled = await outcome;
  if (!settled.ok) throw new Error(`unexpected ${settled.code} ${settled.reason ?? ''}: ${settled.message}`);
  return settled.response;
}

/** The error of a call that must fail. */
export async function fail(outcome: Promise<Outcome> | Outcome): Promise<Failure> {
  const settled = await outcome;
  if (settled.ok) throw new Error(`unexpected success: ${JSON.stringify(settled.response).slice(0, 300)}`);
  return settled;
}

/** The parts of error details that tests look at, from their proto3 JSON. */
export function readDetails(
  details: readonly { readonly type: string; readonly value: Record<string, unknown> }[],
): Pick<Failure, 'reason' | 'domain' | 'fields' | 'hasRetryInfo'> {
  const find = (type: string) => details.find((detail) => detail.type.endsWith(type))?.value;
  const info = find('google.rpc.ErrorInfo') as { reason?: string; domain?: string } | undefined;
  const badRequest = find('google.rpc.BadRequest') as { fieldViolations?: { field: string }[] } | undefined;
  return {
    reason: info?.reason,
    domain: info?.domain,
    fields: badRequest?.fieldViolations?.map(({ field }) => field) ?? [],
    hasRetryInfo: find('google.rpc.RetryInfo') !== undefined,
  };
}
