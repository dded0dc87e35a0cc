import { expect } from 'chai';
import { noteColumns } from '../../client/cli/note-columns.js';
import { toldKinds } from '../../client/cli/told-kinds.js';
import { unseenCategories } from '../../client/cli/unseen-categories.js';
import { UsageError } from '../../client/cli/usage-error.js';
import { findColumns } from '../../client/csv/csv-columns.js';
import type { CsvFile } from '../../client/csv/csv-file.js';

/** A file as the reader leaves it, with a header in line 1 and no line ends in cells. */
function fileOf(columns: Readonly<Record<string, readonly string[]>>): CsvFile {
  return {
    path: 'data.csv',
    header: Object.keys(columns),
    rowCount: Object.values(columns)[0].length,
    cells: (name) => columns[name],
    lineOf: (row) => row + 2,
  };
}

describe('the kinds that the command line tells', () => {
  const file = fileOf({ zip: ['1'], shop: ['2'], 'a,b': ['3'], label: ['x'] });

  it('are by columns, separated by commas or in options of their own', () => {
    const told = toldKinds(file, { categorical: ['zip, shop'], numeric: ['a,b'] }, 'label');
    expect([...told]).to.deep.equal([
      ['a,b', 'numeric'],
      ['zip', 'categorical'],
      ['shop', 'categorical'],
    ]);
    expect([...toldKinds(file, { categorical: ['zip', 'shop'] }, 'label').keys()]).to.deep.equal(['zip', 'shop']);
    expect([...toldKinds(file, {}, 'label')]).to.deep.equal([]);
  });

  it('are of columns that there are, other than the label, and one for each', () => {
    expect(() => toldKinds(file, { categorical: ['zip,sop'] }, 'label')).to.throw(
      UsageError,
      '--categorical sop: data.csv has no such column; its columns are zip, shop, a,b, label',
    );
    expect(() => toldKinds(file, { numeric: ['label'] }, 'label')).to.throw(
      UsageError,
      '--numeric label: this column is the label',
    );
    expect(() => toldKinds(file, { numeric: ['zip'], categorical: ['zip'] }, 'label')).to.throw(
      UsageError,
      '--categorical zip: --numeric names this column, too',
    );
  });
});

describe('what the columns of a file are taken for', () => {
  function notes(columns: Readonly<Record<string, readonly string[]>>, told: readonly string[] = [], json = false) {
    const file = fileOf(columns);
    const texts: string[] = [];
    const kinds = new Map(told.map((name) => [name, 'categorical' as const]));
    const context = { json, note: (text: string) => texts.push(text) };
    noteColumns(context, file, findColumns(file, file.header, kinds), kinds);
    return texts.join('\n').trim().split('\n');
  }

  it('is said with the categories and the missing values that they have', () => {
    expect(
      notes({ city: ['Rome', 'Oslo', 'Rome', ''], age: ['1', '', '', '4'], n: ['1', '2', '3', '4'] }),
    ).to.deep.equal(['2 numeric: age (2 missing), n; 1 categorical: city (3)']);
  });

  it('is explained where some words among numbers have decided', () => {
    const columns = { age: ['30', 'NA', '41'], note: ['1', 'x', 'y'] };
    expect(notes(columns)).to.deep.equal([
      '2 categorical: age (3), note (3)',
      'age is categorical because of "NA" in line 3, though 2 of its 3 cells are numbers; where a number is missing, leave the cell empty',
    ]);
    expect(notes(columns, ['age'])).to.deep.equal(['2 categorical: age (3), note (3)']);
  });

  it('is not said to programs', () => {
    expect(notes({ city: ['Rome'] }, [], true)).to.deep.equal(['']);
  });
});

describe('categories that a model does not know', () => {
  const file = fileOf({
    city: ['Rome', 'rome', 'rome', 'Oslo', ''],
    plan: ['a', 'b', 'c', 'd', 'e'],
    age: ['1', '02', '', '', '5'],
  });

  it('are named with their rows', () => {
    const city = { name: 'city', kind: 'categorical', categories: ['Rome', 'Oslo'], nCategories: 2 } as const;
    const plan = { name: 'plan', kind: 'categorical', categories: ['x'], nCategories: 1 } as const;
    expect(unseenCategories(file, [city, plan])).to.deep.equal([
      'city has categories in 3 rows that the model does not know: "rome", ""',
      'plan has categories in 5 rows that the model does not know: "a", "b", "c", … (5 in all)',
    ]);
    expect(unseenCategories(file, [{ ...city, categories: ['Rome', 'rome', 'Oslo'], nCategories: 3 }])).to.deep.equal([
      'city has categories in 1 row that the model does not know: ""',
    ]);
  });

  it('are whole numbers where those of the model are', () => {
    const age = {
      name: 'age',
      kind: 'categorical',
      categories: ['1', '2'],
      nCategories: 2,
      integerCategories: true,
    } as const;
    expect(unseenCategories(file, [age])).to.deep.equal([
      'age has categories in 1 row that the model does not know: "5"',
    ]);
  });

  it('are not looked for where the model has too many to tell, nor among numbers', () => {
    const city = { name: 'city', kind: 'categorical', categories: [], nCategories: 1e6 } as const;
    expect(unseenCategories(file, [city, { name: 'age', kind: 'numeric', categories: [] }])).to.deep.equal([]);
  });
});
