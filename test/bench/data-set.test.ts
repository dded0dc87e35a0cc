import { expect } from 'chai';
import { parseCsv } from '../../bench/data/csv-table.js';
import { toDataSet } from '../../bench/data/data-set.js';
import { loadDataSets } from '../../bench/data/data-sets.js';

const read = (name: string, text: string) => toDataSet(name, parseCsv(text));

describe('The data sets of the benchmarks', () => {
  it('have their label in the last column of files without a header', () => {
    const { x, y, rows, columns, classes } = read('some', '1,2.5,b\n-3,4e2,a\n5,6,b\n');
    expect({ rows, columns, classes }).to.deep.equal({ rows: 3, columns: 2, classes: 2 });
    expect(Array.from(x)).to.deep.equal([1, 2.5, -3, 400, 5, 6]);
    expect(Array.from(y)).to.deep.equal([1, 0, 1]);
  });

  it('have their label in the column that is called so, wherever it is', () => {
    const { x, y } = read('some', 'a;Class;b\n1;no;2\n3;yes;4\n');
    expect(Array.from(x)).to.deep.equal([1, 2, 3, 4]);
    expect(Array.from(y)).to.deep.equal([0, 1]);
  });

  it('have the label of letter-recognition in its first column', () => {
    const { x, y } = read('letter-recognition', 'Letter,1,2\nT,2,8\nI,5,12\nT,4,11\n');
    expect(Array.from(x)).to.deep.equal([2, 8, 5, 12, 4, 11]);
    expect(Array.from(y)).to.deep.equal([1, 0, 1]);
  });

  it('have NaN where a number is missing', () => {
    expect(Array.from(read('some', '1,?,a\n,2,b\nNA,nan,a\n').x)).to.deep.equal([1, NaN, NaN, 2, NaN, NaN]);
  });

  it('have categories in columns with any text, if asked, one of them for nothing', () => {
    const table = parseCsv('1,b,1,x\n2,a,2,y\n?,?,3,x\n4,b,,y\n5,,five,x\n');
    const { x, categorical } = toDataSet('some', table, 'categorical');
    expect(categorical).to.deep.equal([1, 2]);
    expect(Array.from(x)).to.deep.equal([1, 3, 1, 2, 2, 2, NaN, 1, 3, 4, 3, 0, 5, 0, 4]);
  });

  it('have no categories among numbers, even if asked', () => {
    expect(toDataSet('some', parseCsv('1,a\n?,b\n2,a\n'), 'categorical')).not.to.have.property('categorical');
  });

  it('have categories in the place of their columns, wherever the label is', () => {
    const { x, categorical } = toDataSet('some', parseCsv('label,size,colour\n1,2,red\n0,3,blue\n'), 'categorical');
    expect(categorical).to.deep.equal([1]);
    expect(Array.from(x)).to.deep.equal([2, 1, 3, 0]);
  });

  it('have the rings of abalone in three groups', () => {
    const rings = [8, 9, 10, 11, 1, 29, 8];
    const { y, classes } = read('abalone', rings.map((count) => `0.5,${count}`).join('\n'));
    expect([classes, ...y]).to.deep.equal([3, 0, 1, 1, 2, 0, 2, 0]);
  });

  const unfit = {
    'a column of text': { text: 'x,1,a\ny,2,b\nx,3,a\ny,4,b\n', reason: 'has text in column 1' },
    'columns of text with names': {
      text: 'kind,size,colour,label\nx,1,red,a\nx,2,blue,b\n',
      reason: 'has text in columns kind, colour',
    },
    'one class': { text: '1,a\n2,a\n', reason: 'has 1 classes; 2 to 100 are wanted' },
    'a label that is missing': { text: '1,a\n2,\n3,b\n', reason: 'has rows without a label' },
    'no line': { text: '', reason: 'is empty' },
    'a header only': { text: 'size,label\n', reason: 'has no rows' },
    'rows of different lengths': { text: '1,2,a\n1,b\n', reason: 'Invalid Record Length' },
  };
  for (const [what, { text, reason }] of Object.entries(unfit)) {
    it(`are not made of a file with ${what}`, () => {
      expect(() => read('some', text)).to.throw(reason);
    });
  }

  it('are those of test/data without a folder, the small ones first', async () => {
    const { sets, leftOut } = await loadDataSets();
    const shapes = sets.map(({ name, rows, columns, classes }) => [name, rows, columns, classes]);
    expect(shapes).to.deep.equal([
      ['iris', 150, 4, 3],
      ['wine', 178, 13, 3],
      ['breast_cancer', 569, 30, 2],
      ['digits', 1797, 64, 10],
    ]);
    expect(leftOut).to.deep.equal([]);
  });

  it('name a folder that is not there', async () => {
    const error: unknown = await loadDataSets('/no/such/folder').catch((reason: unknown) => reason);
    expect(String(error)).to.include('--data /no/such/folder: there is no such folder');
  });
});
