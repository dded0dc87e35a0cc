import { expect } from 'chai';
import { once } from 'node:events';
import type { Http2Session, ServerHttp2Session } from 'node:http2';
import { keepStreamsInLiveTable } from '../../src/grpc/stream-table.js';
import { LiveTable } from '../../src/live-table.js';
import { http2Pair } from '../support/http2-pair.js';

/** Where node:http2 keeps them. */
function streamsOf(session: object): unknown {
  const key = Object.getOwnPropertySymbols(session).find(({ description }) => description === 'state');
  return key && (Reflect.get(session, key) as { readonly streams: unknown }).streams;
}

describe('The streams of a connection', () => {
  it('are in a LiveTable from then on, those that are open too', async () => {
    const { stream, close } = await http2Pair(2 ** 16);
    const session = stream.session as ServerHttp2Session;
    keepStreamsInLiveTable(session);
    const table = streamsOf(session);
    expect(table).to.be.instanceOf(LiveTable);
    expect([...(table as LiveTable<unknown>).keys()]).to.deep.equal([stream.id]);
    const closed = once(stream, 'close');
    await close();
    await closed;
    expect((table as LiveTable<unknown>).size).to.equal(0);
  });

  it('are left alone where node:http2 is not as it is known', () => {
    for (const session of [{}, { [Symbol('state')]: undefined }, { [Symbol('state')]: { streams: [] } }]) {
      const before = structuredClone(Object.getOwnPropertySymbols(session).map((key) => Reflect.get(session, key)));
      keepStreamsInLiveTable(session as unknown as Http2Session);
      expect(Object.getOwnPropertySymbols(session).map((key) => Reflect.get(session, key))).to.deep.equal(before);
    }
  });
});
