import { expect } from 'chai';
import { InFlightBytes } from '../../src/grpc/in-flight-bytes.js';
import { MessageReader } from '../../src/grpc/message-reader.js';
import { wirelessStream } from '../support/message-stream.js';

const never = new AbortController().signal;
const turn = () => new Promise((resolve) => setImmediate(resolve));
const decode = (bytes: Buffer) => JSON.parse(bytes.toString()) as number;
const thrown = (promise: Promise<unknown>) => promise.catch((error: unknown) => error);

/** A reader of the numbers up to `count`, and how many of them were asked for. */
function numbers(count: number, isAtOnce: boolean) {
  let asked = 0;
  const inFlight = new InFlightBytes(1000, 1000);
  const bytes = inFlight.of({});
  const wire = wirelessStream({
    startRead: () => {
      asked++;
      const send = () => {
        if (asked > count) {
          wire.halfClose();
          return;
        }
        const message = Buffer.from(String(asked));
        bytes.add(message.byteLength + 5);
        wire.receive(message);
      };
      if (isAtOnce) send();
      else setImmediate(send);
    },
  });
  const reader = new MessageReader(wire.stream, { call: { signal: never, bytes }, decode, idleMs: 60_000 });
  return { reader, asked: () => asked, inFlight };
}

describe('The reader of a stream’s messages', () => {
  for (const isAtOnce of [true, false]) {
    it(`asks for one message at a time, where they ${isAtOnce ? 'are there' : 'take their time'}`, async () => {
      const { reader, asked, inFlight } = numbers(20, isAtOnce);
      await turn();
      expect(asked()).to.equal(0);
      for (let i = 1; i <= 20; i++) {
        expect(await reader.next()).to.equal(i);
        await turn();
        expect(asked()).to.equal(i);
        // Only the one that is being dealt with is under way.
        expect(inFlight.total).to.equal(String(i).length + 5);
      }
      expect(await reader.next()).to.equal(undefined);
      expect(await reader.next()).to.equal(undefined);
      expect(asked()).to.equal(21);
      expect(inFlight.total).to.equal(0);
    });
  }

  it('ends its wait when nobody waits any more, and waits no longer than it may', async () => {
    const bytes = new InFlightBytes(1000, 1000).of({});
    const abort = new AbortController();
    const { stream } = wirelessStream({ startRead: () => undefined });
    const reader = new MessageReader(stream, { call: { signal: abort.signal, bytes }, decode, idleMs: 60_000 });
    const next = thrown(reader.next());
    abort.abort(new Error('gone'));
    expect(await next).to.have.property('message', 'gone');
    expect(await thrown(reader.next())).to.have.property('message', 'gone');

    const idle = new MessageReader(stream, { call: { signal: never, bytes }, decode, idleMs: 5 });
    expect(await thrown(idle.next())).to.have.property('reason', 'DEADLINE_EXCEEDED');
  });

  it('ends an upload that only trickles, although no message is late', async () => {
    const bytes = new InFlightBytes(1000, 1000).of({});
    const wire = wirelessStream({ startRead: () => setTimeout(() => wire.receive(Buffer.from('1')), 10) });
    const reader = new MessageReader(wire.stream, { call: { signal: never, bytes }, decode, idleMs: 200 });
    const all = async () => {
      for (;;) await reader.next();
    };
    expect(await thrown(all()))
      .to.include({ reason: 'DEADLINE_EXCEEDED' })
      .and.property('message')
      .that.contains('are 0.2 s behind 1 KiB a second');
  });

  it('gives the memory of a large message back when the next one is asked for', async () => {
    const bytes = new InFlightBytes(2 ** 20, 2 ** 20).of({});
    const frame = Buffer.alloc(2 ** 17);
    const wire = wirelessStream({ startRead: () => wire.receive(frame.subarray(5)) });
    const reader = new MessageReader(wire.stream, {
      call: { signal: never, bytes },
      decode: (message) => message.byteLength,
      idleMs: 60_000,
    });
    expect(await reader.next()).to.equal(2 ** 17 - 5);
    expect(frame.byteLength).to.equal(2 ** 17);
    reader.close();
    expect(frame.byteLength).to.equal(0);
  });

  it('refuses what cannot be decoded', async () => {
    const bytes = new InFlightBytes(1000, 1000).of({});
    const wire = wirelessStream({ startRead: () => wire.receive(Buffer.from('{')) });
    const reader = new MessageReader(wire.stream, { call: { signal: never, bytes }, decode, idleMs: 60_000 });
    expect(await thrown(reader.next())).to.have.property('reason', 'INVALID_REQUEST');
  });
});
