import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { labelColumn, numericTable } from '../../client/csv/csv-columns.js';
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
    expect(numericTable(file, ['b', 'a'])).to.deep.equal({
      columns: new Map([
        ['b', Float64Array.of(-2500, 4)],
        ['a', Float64Array.of(1, 0.5)],
      ]),
    });
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

  it('tell line and column of a cell that is no number', async () => {
    const file = await read('a,b\n1,2\n3,red\n');
    expect(() => numericTable(file, ['a', 'b'])).to.throw(
      CsvError,
      `${path}, line 3, column "b": "red" is not a number; columns of strings are not supported yet`,
    );
    const infinite = await read('a\n1\nInfinity\n');
    expect(() => numericTable(infinite, ['a'])).to.throw(CsvError, 'line 3, column "a": "Infinity" is not a number');
  });

  it('tell line and column of an empty cell, also of a label', async () => {
    const file = await read('a,y\n1,u\n,\n');
    expect(() => numericTable(file, ['a'])).to.throw(CsvError, 'line 3, column "a": the cell is empty');
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
