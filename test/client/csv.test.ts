import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { findColumns, labelColumn, numericColumn, readTable } from '../../client/csv/csv-columns.js';
import { CsvError } from '../../client/csv/csv-error.js';
import { type CsvFile, readCsv } from '../../client/csv/csv-file.js';
import { failure } from './failure.js';

describe('CSV files', () => {
  let folder: string;
  let path: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'modelserver-csv-'));
    path = join(folder, 'data.csv');
  });

  after(() => rm(folder, { recursive: true }));

  async function read(text: string): Promise<CsvFile> {
    await writeFile(path, text);
    return readCsv(path);
  }

  async function fault(text: string): Promise<string> {
    const error = await failure(read(text));
    expect(error).to.be.an.instanceOf(CsvError);
    return (error as Error).message.replace(path, 'FILE');
  }

  it('are read by the names of their columns', async () => {
    const file = await read('a,b,kind\n1,-2.5e3,x\n .5 , 4. ,"y, z"\n');
    expect(file.header).to.deep.equal(['a', 'b', 'kind']);
    expect(file.rowCount).to.equal(2);
    expect(readTable(file, findColumns(file, ['b', 'a', 'kind']), '').columns).to.deep.equal(
      new Map<string, unknown>([
        ['b', Float64Array.of(-2500, 4)],
        ['a', Float64Array.of(1, 0.5)],
        ['kind', ['x', 'y, z']],
      ]),
    );
    expect(labelColumn(file, 'kind')).to.deep.equal(['x', 'y, z']);
  });

  it('may have a byte order mark, Windows line ends and empty lines', async () => {
    const file = await read('\uFEFFa,b\r\n\r\n1,2\r\n');
    expect(file.header).to.deep.equal(['a', 'b']);
    expect(file.lineOf(0)).to.equal(3);
  });

  it('have integer labels when all are integers, else strings', async () => {
    expect(labelColumn(await read('y\n1\n-2\n0\n'), 'y')).to.deep.equal([1, -2, 0]);
    expect(labelColumn(await read('y\n1\n1.5\n'), 'y')).to.deep.equal(['1', '1.5']);
    expect(labelColumn(await read('y\n007\n1\n'), 'y')).to.deep.equal(['007', '1']);
    expect(labelColumn(await read('y\n99999999999999999999\n1\n'), 'y')).to.deep.equal(['99999999999999999999', '1']);
  });

  it('tell line and column of a cell that is no number, where there must be one', async () => {
    const file = await read('a,b\n1,2\n3,red\n');
    const columns = ['a', 'b'].map((name) => ({ name, kind: 'numeric' as const }));
    expect(() => readTable(file, columns, 'so it is')).to.throw(
      CsvError,
      `${path}, line 3, column "b": "red" is not a number, and so it is; a missing value is an empty cell`,
    );
    const infinite = await read('a\n1\nInfinity\n');
    expect(() => numericColumn(infinite, 'a', 'so it is')).to.throw(CsvError, 'line 3, column "a": "Infinity" is not');
  });

  it('have missing numbers where cells are empty, and a category of its own', async () => {
    const file = await read('a,b\n,x\n1,\n');
    expect(readTable(file, findColumns(file, ['a', 'b']), '').columns).to.deep.equal(
      new Map<string, unknown>([
        ['a', Float64Array.of(Number.NaN, 1)],
        ['b', ['x', '']],
      ]),
    );
  });

  it('are read as they are told, whatever their cells look like', async () => {
    const file = await read('zip,age\n01067,30\n1067,\n');
    const columns = findColumns(file, file.header, new Map([['zip', 'categorical']]));
    expect(columns).to.deep.equal([
      { name: 'zip', kind: 'categorical' },
      { name: 'age', kind: 'numeric' },
    ]);
    expect(readTable(file, columns, '').columns.get('zip')).to.deep.equal(['01067', '1067']);
    const told = findColumns(await read('zip\nA1\n'), ['zip'], new Map([['zip', 'numeric']]));
    expect(told).to.deep.equal([{ name: 'zip', kind: 'numeric' }]);
  });

  it('give back what was written to them', async () => {
    // Blanks at the ends of cells are not part of them, nor is a line end that is only '\r'.
    const word = fc.string({ unit: fc.constantFrom(...Array.from('ab1."\n ,;é日')) }).map((text) => `<${text}>`);
    const number = fc.double({ noDefaultInfinity: true });
    const row = fc.record({ word: fc.oneof(word, fc.constant('')), number });
    const rows = fc.array(row, { minLength: 1 }).filter((all) => all.some((each) => each.word !== ''));
    await fc.assert(
      fc.asyncProperty(rows, async (written) => {
        const lines = written.map((each) => `${quote(each.word)},${Number.isNaN(each.number) ? '' : each.number}\n`);
        const file = await read(`word,number\n${lines.join('')}`);
        const { columns } = readTable(file, findColumns(file, file.header), '');
        expect(columns.get('word')).to.deep.equal(written.map((each) => each.word));
        expect(columns.get('number')).to.deep.equal(Float64Array.from(written, (each) => each.number + 0));
      }),
      { numRuns: 50 },
    );
  });

  it('tell line and column of an empty label', async () => {
    const file = await read('a,y\n1,u\n,\n');
    expect(() => labelColumn(file, 'y')).to.throw(CsvError, 'line 3, column "y": the label is empty');
  });

  it('list their columns when the label is not among them', async () => {
    const file = await read('a,b\n1,2\n');
    expect(() => labelColumn(file, 'species')).to.throw(
      CsvError,
      'has no label column "species"; its columns are a, b',
    );
  });

  it('have a header with different names, and rows of its length', async () => {
    expect(await fault('a,b,a\n1,2,3\n')).to.equal('FILE, line 1: two columns are called "a"');
    expect(await fault('a,,c\n1,2,3\n')).to.equal('FILE, line 1: column 2 has no name');
    expect(await fault('a,b\n1,2\n1,2,3\n')).to.equal('FILE, line 3: has 3 cells, but the header has 2');
  });

  it('have at least one row', async () => {
    expect(await fault('')).to.equal('FILE: is empty; needs a header with the names of the columns');
    expect(await fault('a,b\n')).to.equal('FILE: has a header but no rows');
  });

  it('tell the line of a quote that never ends', async () => {
    expect(await fault('a,b\n1,"2\n3,4\n')).to.match(/^FILE: .*line/i);
  });

  it('say why they cannot be read', async () => {
    expect(await failure(readCsv(join(folder, 'none.csv')))).to.have.property(
      'message',
      `${join(folder, 'none.csv')}: there is no such file`,
    );
    expect(await failure(readCsv(folder))).to.have.property('message', `${folder}: is a directory`);
  });
});

function quote(cell: string): string {
  return `"${cell.replaceAll('"', '""')}"`;
}
