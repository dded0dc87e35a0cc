import type { ServerDuplexStream } from '@grpc/grpc-js';
import { expect } from 'chai';
import { Duplex } from 'node:stream';
import { MessageReader } from '../../src/grpc/message-reader.js';

const never = new AbortController().signal;

/** A stream of so many messages, which counts how many were asked of it. */
function numbers(count: number, isAsync: boolean) {
  let asked = 0;
  const stream = new Duplex({
    objectMode: true,
    read() {
      const next = asked++;
      const push = () => this.push(next < count ? next + 1 : null);
      if (isAsync) setImmediate(push);
      else push();
    },
  });
  return { stream: stream as unknown as ServerDuplexStream<number, unknown>, asked: () => asked };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('The reader of a stream’s messages', () => {
  for (const isAsync of [false, true]) {
    it(`asks for one message at a time, where they ${isAsync ? 'take their time' : 'are there'}`, async () => {
      const { stream, asked } = numbers(40, isAsync);
      const reader = new MessageReader(stream, { signal: never, idleMs: 60_000 });
      await turn();
      expect(asked()).to.equal(0);
      for (let i = 1; i <= 40; i++) {
        expect(await reader.next()).to.equal(i);
        await turn();
        expect(asked()).to.equal(i);
      }
      expect(await reader.next()).to.equal(undefined);
      expect(await reader.next()).to.equal(undefined);
    });
  }

  it('ends its wait when nobody waits any more, and waits no longer than it may', async () => {
    const silent = () => new Duplex({ objectMode: true, read: () => undefined }) as unknown as ServerDuplexStream<number, unknown>; // prettier-ignore
    const abort = new AbortController();
    const reader = new MessageReader(silent(), { signal: abort.signal, idleMs: 60_000 });
    const next = reader.next().catch((thrown: unknown) => thrown);
    abort.abort(new Error('gone'));
    expect(await next).to.have.property('message', 'gone');
    expect(await reader.next().catch((thrown: unknown) => thrown)).to.have.property('message', 'gone');

    const idle = new MessageReader(silent(), { signal: never, idleMs: 5 });
    expect(await idle.next().catch((thrown: unknown) => thrown)).to.have.property('reason', 'DEADLINE_EXCEEDED');
  });
});
