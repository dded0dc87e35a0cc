import { expect } from 'chai';
import { InputError, toRows } from '../../client/index.js';
import { decodeMatrix, encodeMatrix } from '../../client/matrix.js';
import { Dtype, Matrix } from '../../generated/modelserver/v1/model_server.js';

function overTheWire(matrix: Matrix): Matrix {
  return Matrix.decode(Matrix.encode(matrix).finish());
}

describe('encodeMatrix', () => {
  it('sends a few rows as rows that can be read', () => {
    expect(
      encodeMatrix([
        [1, 2],
        [3, 4],
      ]),
    ).to.deep.equal({
      rows: [{ values: [1, 2] }, { values: [3, 4] }],
      raw: undefined,
      columns: [],
    });
  });

  it('packs many rows as doubles', () => {
    const rows = Array.from({ length: 100 }, (_, row) => [row, row + 0.1, -row]);
    const { raw } = encodeMatrix(rows);
    expect(raw).to.include({ rows: 100, columns: 3, dtype: Dtype.DTYPE_FLOAT64 });
    expect(raw?.data.length).to.equal(100 * 3 * 8);
    expect(toRows(decodeMatrix(overTheWire(encodeMatrix(rows))))).to.deep.equal(rows);
  });

  it('sends the bytes of packed numbers without copying them', () => {
    const data = Float64Array.of(1, 2, 3, 4, 5, 6);
    const { raw } = encodeMatrix({ rows: 2, columns: 3, data });
    expect(raw?.data.buffer).to.equal(data.buffer);
    expect(raw).to.include({ rows: 2, columns: 3, dtype: Dtype.DTYPE_FLOAT64 });
  });

  it('sends only the part of the buffer that a view covers', () => {
    const all = Float32Array.of(9, 9, 1, 2, 3, 4, 9);
    const view = all.subarray(2, 6);
    const { raw } = encodeMatrix({ rows: 2, columns: 2, data: view });
    expect(raw?.dtype).to.equal(Dtype.DTYPE_FLOAT32);
    expect(toRows(decodeMatrix(overTheWire(encodeMatrix({ rows: 2, columns: 2, data: view }))))).to.deep.equal([
      [1, 2],
      [3, 4],
    ]);
  });

  it('keeps typed rows in single precision only when all of them are', () => {
    expect(encodeMatrix([Float32Array.of(1), Float32Array.of(2)]).raw?.dtype).to.equal(Dtype.DTYPE_FLOAT32);
    expect(encodeMatrix([Float32Array.of(1), Float64Array.of(0.1)]).raw?.dtype).to.equal(Dtype.DTYPE_FLOAT64);
  });

  it('sends a table by the names of its columns', () => {
    const { columns } = encodeMatrix({
      columns: { width: [1, 2], length: Float64Array.of(3, 4), colour: ['red', 'blue'] },
    });
    expect(columns).to.deep.equal([
      { name: 'width', numbers: [1, 2], strings: [] },
      { name: 'length', numbers: [3, 4], strings: [] },
      { name: 'colour', numbers: [], strings: ['red', 'blue'] },
    ]);
  });

  it('names the first row of another length', () => {
    expect(() => encodeMatrix([[1, 2], [3, 4], [5]])).to.throw(
      InputError,
      'x[2]: has 1 values, but the rows before it have 2',
    );
  });

  it('names the first value that is not a number', () => {
    const x = [
      [1, 2],
      [3, '4'],
    ] as unknown as number[][];
    expect(() => encodeMatrix(x)).to.throw(InputError, 'x[1][1]: is 4; must be a number');
  });

  it('refuses no rows, no columns, and data of another size than it says', () => {
    expect(() => encodeMatrix([])).to.throw(InputError, 'x: has no rows');
    expect(() => encodeMatrix({ columns: {} })).to.throw(InputError, 'x.columns: has no columns');
    expect(() => encodeMatrix({ columns: { a: [] } })).to.throw(InputError, 'x: has no rows');
    expect(() => encodeMatrix({ rows: 2, columns: 2, data: new Float64Array(3) })).to.throw(
      InputError,
      'x.data: has 3 numbers; 2 x 2 need 4',
    );
  });

  it('names the column of another length or of mixed types', () => {
    expect(() => encodeMatrix({ columns: { a: [1, 2], b: [1] } })).to.throw(
      InputError,
      'x.columns.b: has 1 values, but the column a has 2',
    );
    const mixed = { columns: { a: [1, '2'] as unknown as number[] } };
    expect(() => encodeMatrix(mixed)).to.throw(InputError, 'x.columns.a[1]: is 2; must be a number');
    const words = { columns: { a: ['x', 2] as unknown as string[] } };
    expect(() => encodeMatrix(words)).to.throw(InputError, 'x.columns.a[1]: is 2; must be a string');
  });

  it('says what stands for a missing value of a column', () => {
    const column = (values: unknown[]) => () => encodeMatrix({ columns: { a: values as string[] } });
    expect(column([1, null])).to.throw(
      InputError,
      'x.columns.a[1]: is null; must be a number, NaN where it is missing',
    );
    expect(column([undefined, 'x'])).to.throw(
      InputError,
      "x.columns.a[0]: is undefined; must be a string, for example '' where it is missing",
    );
    expect(column([null])).to.throw(InputError, 'x.columns.a[0]: is null; must be a number, NaN');
    const { columns } = overTheWire(encodeMatrix({ columns: { a: [Number.NaN, 1], b: ['', 'x'] } }));
    expect(columns).to.deep.equal([
      { name: 'a', numbers: [Number.NaN, 1], strings: [] },
      { name: 'b', numbers: [], strings: ['', 'x'] },
    ]);
  });
});

describe('decodeMatrix', () => {
  it('reads rows, doubles and floats, wherever they start in their buffer', () => {
    expect(
      decodeMatrix(
        encodeMatrix([
          [1, 2],
          [3, 4],
        ]),
      ),
    ).to.deep.equal({
      rows: 2,
      columns: 2,
      data: Float64Array.of(1, 2, 3, 4),
    });
    const misaligned = Buffer.alloc(17);
    Buffer.from(Float64Array.of(0.5, 0.25).buffer).copy(misaligned, 1);
    const raw = { rows: 1, columns: 2, dtype: Dtype.DTYPE_FLOAT64, data: misaligned.subarray(1) };
    expect(decodeMatrix({ rows: [], raw, columns: [] }).data).to.deep.equal(Float64Array.of(0.5, 0.25));
    const single = encodeMatrix([Float32Array.of(0.5, 0.25)]);
    expect(decodeMatrix(single).data).to.deep.equal(Float64Array.of(0.5, 0.25));
  });

  it('keeps the order of the columns of a Map, also of names that look like numbers', () => {
    const columns = new Map([
      ['10', [1, 2]],
      ['2', [3, 4]],
    ]);
    expect(encodeMatrix({ columns }).columns.map(({ name }) => name)).to.deep.equal(['10', '2']);
  });
});
