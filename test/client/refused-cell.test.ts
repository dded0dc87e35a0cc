import { status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { ExitCode, exitCodeOf } from '../../client/cli/exit-codes.js';
import { hintFor } from '../../client/cli/hints.js';
import { locateRefusal, RefusedCell } from '../../client/cli/refused-cell.js';
import { ModelServerError } from '../../client/index.js';
import { fakeError } from './fake-server.js';

describe('a cell that the server refuses', () => {
  const cells: Record<string, string[]> = { city: ['Rome', 'Oslo'], age: ['30', ''] };
  const file = {
    path: 'data.csv',
    header: ['age', 'label', 'city'],
    rowCount: 2,
    cells: (name: string) => cells[name],
    lineOf: (row: number) => row + 2,
  };
  // In the order in which they were sent, which need not be the file's.
  const columns = [
    { name: 'city', kind: 'categorical' },
    { name: 'age', kind: 'numeric' },
  ] as const;

  function answer(...fields: string[]): ModelServerError {
    const violations = fields.map((field) => ({ field, description: 'is NaN; fill it in' }));
    const details = { reason: 'INVALID_REQUEST', violations };
    return new ModelServerError('Fit', fakeError(status.INVALID_ARGUMENT, 'x', details));
  }

  it('is told by file, line and column, and is a fault of the file', () => {
    const refusal = answer('x.columns[1].numbers[1]');
    const located = locateRefusal(refusal, file, columns) as RefusedCell;
    expect(located).to.be.an.instanceOf(RefusedCell);
    expect(located.message).to.equal('data.csv, line 3, column "age", which is empty: is NaN; fill it in');
    expect(located.cause).to.equal(refusal);
    expect(exitCodeOf(located)).to.equal(ExitCode.usage);
    expect(hintFor(located, 'here:1')).to.include('trees');
  });

  it('is shown when it holds something', () => {
    const located = locateRefusal(answer('x.columns[0].strings[1]'), file, columns);
    expect(located).to.have.property('message', 'data.csv, line 3, column "city", "Oslo": is NaN; fill it in');
    expect(hintFor(located, 'here:1')).to.equal(undefined);
  });

  it('is found in a set that was sent in parts', () => {
    const located = locateRefusal(answer('chunk.x.columns[1].numbers[1]'), file, columns);
    expect(located).to.have.property('message', 'data.csv, line 3, column "age", which is empty: is NaN; fill it in');
  });

  it('is left as it is when it is not one cell of the file', () => {
    const others = [
      answer('x.columns[1].name'),
      answer('x.columns[2].numbers[0]'),
      answer('x.columns[1].numbers[2]'),
      answer('y.strings[0]'),
      answer('x.columns[1].numbers[0]', 'x.columns[1].numbers[1]'),
      answer(),
      new Error('x'),
    ];
    for (const other of others) expect(locateRefusal(other, file, columns)).to.equal(other);
  });
});
