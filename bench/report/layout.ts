import type { TableColumn } from '../../client/terminal/table.js';
import type { Table } from '../benchmark.js';

/** A table as it is shown: with its bars and verdicts, where there are any. */
export function layOut({ columns, rows }: Table): { columns: readonly TableColumn[]; rows: readonly string[][] } {
  if (rows.every(({ bar }) => bar === undefined)) return { columns, rows: rows.map(({ cells }) => [...cells]) };
  return {
    columns: [...columns, { title: 'Bar' }, { title: '' }],
    rows: rows.map(({ cells, bar = '', holds }) => [...cells, bar, verdict(holds)]),
  };
}

/** What is to be said of a figure beside its bar. */
function verdict(holds: boolean | undefined): string {
  if (holds === undefined) return '';
  return holds ? 'holds' : 'falls short';
}
