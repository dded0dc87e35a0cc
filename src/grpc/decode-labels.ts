import type { Labels as WireLabels } from '../../generated/modelserver/v1/model_server.js';
import { invalid } from '../errors.js';
import type { Labels } from '../estimators/labels.js';
import { ownBuffer } from './decode-matrix.js';
import { requireOne } from './require-one.js';

/** Longer labels are text, not classes; each comes back with every prediction. */
const MAX_LABEL = 1024;

export type LabelEncoding = 'strings' | 'ints' | 'raw_int32';

/**
 * A request's labels, one for each of `rows` rows.
 *
 * @throws INVALID_REQUEST unless exactly one encoding is set and their number fits.
 */
export function decodeLabels(labels: WireLabels | undefined, rows: number): Labels {
  const { strings = [], ints = [], rawInt32 } = labels ?? {};
  const encoding = labelEncodingOf(labels, 'y');
  const decoded = rawInt32 === undefined ? decodeReadable(strings, ints) : decodePacked(rawInt32, 'y.raw_int32');
  requireLabels(strings);
  const { length } = decoded.values;
  if (length !== rows) throw invalid(`y.${encoding}`, `has ${length} labels; x has ${rows} rows`);
  return decoded;
}

/**
 * The encoding that is set.
 *
 * @throws INVALID_REQUEST at `path` unless exactly one is.
 */
export function labelEncodingOf(labels: WireLabels | undefined, path: string): LabelEncoding {
  return requireOne(path, {
    strings: (labels?.strings.length ?? 0) > 0,
    ints: (labels?.ints.length ?? 0) > 0,
    raw_int32: labels?.rawInt32 !== undefined,
  });
}

function requireLabels(labels: readonly string[]): void {
  labels.forEach((label, i) => requireLabel(label, (index) => `y.strings[${index}]`, i));
}

/** @throws INVALID_REQUEST, at the path of the label, when it is too long. */
export function requireLabel(label: string, pathOf: (index: number) => string, index: number): void {
  if (label.length > MAX_LABEL) throw invalid(pathOf(index), `has ${label.length} characters; at most ${MAX_LABEL}`);
}

function decodeReadable(strings: string[], ints: bigint[]): Labels {
  return strings.length > 0
    ? { kind: 'string', values: strings }
    : { kind: 'integer', values: BigInt64Array.from(ints) };
}

function decodePacked(data: Buffer, path: string): Labels {
  if (data.byteLength % 4 !== 0) throw invalid(path, `has ${data.byteLength} bytes; an int32 has 4`);
  const { buffer, offset } = ownBuffer(data);
  return { kind: 'integer', values: new Int32Array(buffer, offset, data.byteLength / 4) };
}
