import { dynamicClient } from '../support/dynamic-client.js';
import { describeStatusTable } from '../support/status-table.js';

describe('the status table, seen by a client that knows only the .proto', () => {
  describeStatusTable(dynamicClient);
});
