import {
  type Column,
  type FitChunk,
  type Labels,
  type Matrix,
  type RawMatrix,
  type Row,
} from '../../generated/modelserver/v1/model_server.js';
import { invalid } from '../errors.js';
import type { MatrixEncoding } from '../estimators/matrix.js';
import { countPacked, type LabelEncoding, labelEncodingOf } from './decode-labels.js';
import { matrixEncodingOf, requireFewColumns, shapeOfTable, widthOfRaw } from './decode-matrix.js';

/** What all chunks of an upload have in common. */
export interface ChunkLayout {
  readonly encoding: MatrixEncoding;
  readonly columns: number;
  /** The type of the numbers as they come, and as they are kept. */
  readonly dtype: 'FLOAT32' | 'FLOAT64';
  /** Shape: columns; absent: they have no names. */
  readonly columnNames?: readonly string[];
  /** Shape: columns; absent: all are of numbers. */
  readonly columnKinds?: readonly ('numbers' | 'strings')[];
  readonly labels: LabelEncoding;
  readonly weighted: boolean;
}

/** The layout of a chunk, and how many rows it has. */
export interface ChunkShape {
  readonly rows: number;
  readonly layout: ChunkLayout;
}

type MatrixShape = { readonly rows: number; readonly layout: Omit<ChunkLayout, 'labels' | 'weighted'> };

/**
 * The shape of a chunk, by a look at its fields but not at its values.
 *
 * @param first how many rows came before it
 * @throws INVALID_REQUEST unless x, y and the weights have the same number of
 *   rows, which is at least 1.
 */
export function shapeOfChunk({ x, y, sampleWeight }: FitChunk, first: number): ChunkShape {
  const { rows, layout } = shapeOfMatrix(x, first);
  const labels = labelEncodingOf(y, 'chunk.y');
  const nLabels = countLabels(y);
  if (nLabels !== rows) throw invalid(`chunk.y.${labels}`, `has ${nLabels} labels; chunk.x has ${rows} rows`);
  const weighted = sampleWeight.length > 0;
  if (weighted && sampleWeight.length !== rows) {
    throw invalid('chunk.sample_weight', `has ${sampleWeight.length} weights; chunk.x has ${rows} rows`);
  }
  return { rows, layout: { ...layout, labels, weighted } };
}

/** @throws INVALID_REQUEST unless a chunk is laid out as the first one was. */
export function requireSameLayout(layout: ChunkLayout, first: ChunkLayout): void {
  const { encoding, columns, columnNames = [], columnKinds = [] } = layout;
  if (encoding !== first.encoding) {
    throw invalid('chunk.x', `comes as ${encoding}; the first chunk came as ${first.encoding}`);
  }
  if (columns !== first.columns) {
    const field = encoding === 'raw' ? 'chunk.x.raw.columns' : `chunk.x.${encoding}`;
    throw invalid(field, `has ${columns} columns; the first chunk has ${first.columns}`);
  }
  if (layout.dtype !== first.dtype) {
    throw invalid('chunk.x.raw.dtype', `is DTYPE_${layout.dtype}; that of the first chunk is DTYPE_${first.dtype}`);
  }
  columnNames.forEach((name, column) => {
    const expected = first.columnNames?.[column] ?? '';
    if (name === expected) return;
    const field = `chunk.x.columns[${column}].name`;
    throw invalid(field, `is ${JSON.stringify(name)}; in the first chunk it is ${JSON.stringify(expected)}`);
  });
  columnKinds.forEach((kind, column) => {
    const expected = first.columnKinds?.[column];
    if (kind === expected) return;
    throw invalid(`chunk.x.columns[${column}].${kind}`, `is set; the first chunk has ${expected} in this column`);
  });
  if (layout.labels !== first.labels) {
    throw invalid(`chunk.y.${layout.labels}`, `is set; the first chunk has ${first.labels}`);
  }
  if (layout.weighted !== first.weighted) {
    throw invalid(
      'chunk.sample_weight',
      `is ${layout.weighted ? 'set, and was not' : 'not set, and was'} in the first chunk; set it in all or in none`,
    );
  }
}

function shapeOfMatrix(x: Matrix | undefined, first: number): MatrixShape {
  const { rows = [], raw, columns = [] } = x ?? {};
  const encoding = matrixEncodingOf(x, 'chunk.x');
  if (raw !== undefined) return shapeOfRaw(raw);
  return encoding === 'rows' ? shapeOfRows(rows, first) : shapeOfColumns(columns);
}

/** Of each row the number of values is looked at when it is stored. */
function shapeOfRows(rows: readonly Row[], first: number): MatrixShape {
  const columns = rows[0].values.length;
  if (columns === 0) throw invalid(`chunk.x.rows[${first}].values`, 'is empty; a row has at least one value');
  requireFewColumns(columns, 'chunk.x.rows[0].values');
  return { rows: rows.length, layout: { encoding: 'rows', columns, dtype: 'FLOAT64' } };
}

function shapeOfRaw(raw: RawMatrix): MatrixShape {
  const dtype = widthOfRaw(raw, 'chunk.x.raw') === 4 ? 'FLOAT32' : 'FLOAT64';
  return { rows: raw.rows, layout: { encoding: 'raw', columns: raw.columns, dtype } };
}

function shapeOfColumns(columns: readonly Column[]): MatrixShape {
  const { rows, names: columnNames, kinds: columnKinds } = shapeOfTable(columns, 'chunk.x.columns');
  return { rows, layout: { encoding: 'columns', columns: columns.length, dtype: 'FLOAT64', columnNames, columnKinds } };
}

function countLabels(labels: Labels | undefined): number {
  const { strings = [], ints = [], rawInt32 } = labels ?? {};
  if (rawInt32 === undefined) return strings.length + ints.length;
  return countPacked(rawInt32, 'chunk.y.raw_int32');
}
