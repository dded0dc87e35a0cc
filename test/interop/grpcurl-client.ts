import { status } from '@grpc/grpc-js';
import { type Outcome, readDetails, type TestClient } from '../support/call.js';
import { PEERS } from './peers.js';
import { runCommand } from './run-command.js';

interface StatusJson {
  readonly code: number;
  readonly message: string;
  readonly details?: readonly (Record<string, unknown> & { readonly '@type': string })[];
}

/** The real grpcurl, which learns the contract by reflection. */
export function grpcurlClient(address: string): TestClient {
  return {
    call: async (method, request, { timeoutMs, signal } = {}): Promise<Outcome> => {
      const limits = timeoutMs === undefined ? [] : ['-max-time', String(timeoutMs / 1000)];
      const args = [
        '-plaintext',
        '-format-error',
        ...limits,
        '-d',
        '@',
        address,
        `modelserver.v1.ModelServer/${method}`,
      ];
      const { stdout, stderr, code } = await runCommand(PEERS.grpcurl, args, {
        input: JSON.stringify(request),
        signal,
      });
      if (code === 0) return { ok: true, response: JSON.parse(stdout) };
      if (code === null) return { ok: false, code: 'CANCELLED', message: 'killed', fields: [], hasRetryInfo: false };
      const error = JSON.parse(stderr) as StatusJson;
      const details = (error.details ?? []).map(({ '@type': type, ...value }) => ({ type, value }));
      return { ok: false, code: status[error.code], message: error.message, ...readDetails(details) };
    },
    close: () => undefined,
  };
}
