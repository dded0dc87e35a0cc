import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { type Outcome, readDetails, type TestClient } from '../support/call.js';
import { PEERS, ROOT } from './peers.js';
import { runCommand } from './run-command.js';

type Answer = { readonly id: number } & (
  | { readonly response: unknown }
  | { readonly code: string; readonly message: string; readonly details: Parameters<typeof readDetails>[0] }
);

/** Generates the Python stubs from our protos into `folder`, as a Python user would. */
export async function generatePythonStubs(folder: string): Promise<void> {
  const protos = ['modelserver/v1/model_server.proto'];
  const args = [
    '-m',
    'grpc_tools.protoc',
    '-Iproto',
    '-Ithird_party',
    `--python_out=${folder}`,
    `--grpc_python_out=${folder}`,
  ];
  const { code, stderr } = await runCommand(PEERS.python, [...args, ...protos], { cwd: ROOT });
  if (code !== 0) throw new Error(`protoc failed: ${stderr}`);
}

/** Python's grpcio, in a process that takes calls line by line. */
export function pythonClient(stubs: string, address: string): TestClient {
  const child = spawn(PEERS.python, [join(ROOT, 'test/interop/python_client.py'), stubs, address], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const waiting = new Map<number, (outcome: Outcome) => void>();
  let nextId = 1;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const answer = JSON.parse(line) as Answer;
    waiting.get(answer.id)?.(outcomeOf(answer));
    waiting.delete(answer.id);
  });
  const send = (command: object) => child.stdin.write(`${JSON.stringify(command)}\n`);
  return {
    call: (method, request, { timeoutMs, signal } = {}) =>
      new Promise((resolve) => {
        const id = nextId++;
        waiting.set(id, resolve);
        send({ id, method, request, ...(timeoutMs === undefined ? {} : { timeout: timeoutMs / 1000 }) });
        signal?.addEventListener('abort', () => send({ cancel: id }), { once: true });
      }),
    close: async () => {
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}

function outcomeOf(answer: Answer): Outcome {
  if ('response' in answer) return { ok: true, response: answer.response };
  return { ok: false, code: answer.code, message: answer.message, ...readDetails(answer.details) };
}
