import { describeStatusTable } from '../support/status-table.js';
import { bufCurlClient } from './buf-curl-client.js';
import { requirePeer } from './peers.js';

describe('buf curl', () => {
  before(function () {
    requirePeer(this, 'buf');
  });

  describe('meets every row of the status table', () => {
    describeStatusTable(bufCurlClient);
  });
});
