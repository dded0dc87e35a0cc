import type { Http2Session } from 'node:http2';
import { types } from 'node:util';
import { LiveTable } from '../live-table.js';

/**
 * Has a connection keep its open streams in a LiveTable, so that closed ones go
 * with the young objects, however long the connection lives.
 *
 * node:http2 keeps that table to itself; where it is not what is known of Node 20
 * to 24, everything stays as it is.
 */
export function keepStreamsInLiveTable(session: Http2Session): void {
  const state = stateOf(session);
  // It is a Map without Map's prototype.
  if (!types.isMap(state?.streams)) return;
  const table = new LiveTable<unknown>();
  for (const [id, stream] of state.streams) table.set(id as number, stream);
  state.streams = table;
}

interface SessionState {
  streams?: unknown;
}

function stateOf(session: Http2Session): SessionState | undefined {
  const key = Object.getOwnPropertySymbols(session).find(({ description }) => description === 'state');
  return key === undefined ? undefined : (session as unknown as Record<symbol, SessionState | undefined>)[key];
}
