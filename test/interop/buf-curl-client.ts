import { BadRequest, ErrorInfo, RetryInfo } from '../../generated/google/rpc/error_details.js';
import { type Outcome, readDetails, type TestClient } from '../support/call.js';
import { PEERS } from './peers.js';
import { runCommand } from './run-command.js';

interface ErrorJson {
  readonly code: string;
  readonly message: string;
  readonly details?: readonly { readonly type: string; readonly value: string }[];
}

const DETAILS = {
  'google.rpc.ErrorInfo': ErrorInfo,
  'google.rpc.BadRequest': BadRequest,
  'google.rpc.RetryInfo': RetryInfo,
};

/** The real `buf curl` (connect-go), which learns the contract by reflection. */
export function bufCurlClient(address: string): TestClient {
  return {
    call: async (method, request, { timeoutMs, signal } = {}): Promise<Outcome> => {
      const limits = timeoutMs === undefined ? [] : ['--timeout', `${timeoutMs}ms`];
      const url = `http://${address}/modelserver.v1.ModelServer/${method}`;
      const args = ['curl', '--protocol', 'grpc', '--http2-prior-knowledge', ...limits, '--data', '@-', url];
      const { stdout, stderr, code } = await runCommand(PEERS.buf, args, { input: JSON.stringify(request), signal });
      if (code === 0) return { ok: true, response: JSON.parse(stdout) };
      if (code === null) return { ok: false, code: 'CANCELLED', message: 'killed', fields: [], hasRetryInfo: false };
      const error = JSON.parse(stderr.slice(stderr.indexOf('{'))) as ErrorJson;
      const details = (error.details ?? []).map(({ type, value }) => {
        const message = DETAILS[type as keyof typeof DETAILS];
        const decoded = message.decode(Buffer.from(value, 'base64'));
        return { type, value: message.toJSON(decoded as never) as Record<string, unknown> };
      });
      return { ok: false, code: error.code.toUpperCase(), message: error.message, ...readDetails(details) };
    },
    close: () => undefined,
  };
}
