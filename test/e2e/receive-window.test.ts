import { expect } from 'chai';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { framed, headersOf } from '../support/raw-call.js';
import { startTestServer, type TestServer } from '../support/server.js';

const MIB = 2 ** 20;

describe('The receive window', () => {
  let server: TestServer;

  before(async () => {
    server = await startTestServer();
  });

  after(() => server.close());

  it('lets a client send more than the 64 KiB of HTTP/2 before anything of it was read, from its first call on', async () => {
    const session = connect(`http://${server.address}`);
    for (let call = 0; call < 2; call++) {
      const stream = session.request(headersOf('GetStatus'));
      stream.end(framed(new Uint8Array(0)));
      stream.resume();
      await once(stream, 'close');
      expect(session.remoteSettings.initialWindowSize, 'of a call').to.equal(MIB / 4);
      expect(session.state.remoteWindowSize, 'of the connection').to.be.within(MIB - 10, MIB);
    }
    session.close();
    await once(session, 'close');
  });
});
