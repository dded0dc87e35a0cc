import { createServer, constants } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { ModelServerClient } from '../../client/index.js';
import { FitResponse } from '../../generated/modelserver/v1/model_server.js';

describe('a fit whose stream the server refuses', () => {
  // HTTP/2 promises that a refused stream was not processed, so this repetition, which
  // grpc-js makes by itself, cannot train twice. It is the only one that it makes.
  it('is sent once more, since it cannot have reached a handler', async () => {
    let streams = 0;
    const server = createServer();
    server.on('stream', (stream) => {
      stream.on('error', () => {});
      if (++streams === 1) {
        stream.close(constants.NGHTTP2_REFUSED_STREAM);
        return;
      }
      const message = FitResponse.encode(FitResponse.fromPartial({ model: { name: 'iris' } })).finish();
      const prefix = Buffer.alloc(5);
      prefix.writeUInt32BE(message.length, 1);
      stream.respond({ ':status': 200, 'content-type': 'application/grpc+proto' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.end(Buffer.concat([prefix, message]));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const client = new ModelServerClient(`127.0.0.1:${(server.address() as AddressInfo).port}`);
    try {
      const model = await client.fit({ name: 'iris', estimator: { xgbClassifier: {} }, x: [[1]], y: ['a'] });
      expect(model.name).to.equal('iris');
      expect(streams).to.equal(2);
    } finally {
      client.close();
      server.close();
    }
  });
});
