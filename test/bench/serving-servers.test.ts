import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { labelsIn, exchange, packed, queryRows, readable, SERVED, serve } from '../../bench/serving/served-model.js';
import type { NodeServer } from '../../bench/serving/servers/node-server.js';
import { startEcho, startIdle, startOwn, type OwnServer } from '../../bench/serving/servers/own.js';

describe('The servers of the serving benchmarks', () => {
  let own: OwnServer;

  before(async () => {
    own = await startOwn();
    await serve(own, 'served', { logisticRegression: {} });
  });
  after(async () => own.stop());

  it('answer the same labels to rows and to packed numbers', async () => {
    const rows = queryRows(50);
    const [ofRows, ofPacked] = await Promise.all(
      [readable(rows), packed(rows)].map((x) => exchange(own.server.address, 'served', x)),
    );
    const labels = labelsIn(ofRows.answer);
    expect(labels).to.have.length(50);
    expect(labelsIn(ofPacked.answer)).to.deep.equal(labels);
    // They are no accident: the model has learned.
    const hits = labels.filter((label, row) => label === SERVED.qy[row]).length;
    expect(hits).to.be.at.least(30);
  });

  it('have an echo that answers just the bytes of a Predict, whatever it is sent', async () => {
    const { answer } = await exchange(own.server.address, 'served', readable(queryRows(1)));
    const echo = await startEcho(answer);
    try {
      expect((await exchange(echo.address, 'nobody', packed(queryRows(3)))).answer).to.deep.equal(answer);
    } finally {
      await echo.stop();
    }
  });

  it('tell what they have used', async () => {
    const before = await own.server.ask('usage');
    await exchange(own.server.address, 'served', packed(queryRows(1000)));
    const after = await own.server.ask('usage');
    expect(after.cpuMs).to.be.above(before.cpuMs);
    expect(after.peakBytes).to.be.at.least(Math.max(before.peakBytes, after.residentBytes));
  });

  it('watch their event loops', async () => {
    const idle: NodeServer = await startIdle();
    try {
      await idle.ask('watchLoop');
      let seen = await idle.ask('loopDelay');
      while (seen.count === 0) {
        await idle.ask('watchLoop');
        // As long as another process takes to answer.
        await exchange(own.server.address, 'served', packed(queryRows(1000)));
        seen = await idle.ask('loopDelay');
      }
      expect(seen.most).to.be.at.least(seen.p999).and.at.least(seen.p50);
    } finally {
      await idle.stop();
    }
  });

  it('are gone when they are stopped', async () => {
    const echo = await startEcho(Uint8Array.of(1));
    await echo.stop();
    // Somebody else can have the port.
    const server = createServer().listen(Number(echo.address.split(':')[1]), '127.0.0.1');
    await once(server, 'listening');
    expect((server.address() as AddressInfo).port).to.equal(Number(echo.address.split(':')[1]));
    server.close();
  });
});
