import type { Labels as WireLabels } from '../../generated/modelserver/v1/model_server.js';
import { invalid } from '../errors.js';
import type { Labels } from '../estimators/labels.js';
import { ownBuffer } from './decode-matrix.js';

/**
 * A request's labels, one for each of `rows` rows.
 *
 * @throws INVALID_REQUEST unless exactly one encoding is set and their number fits.
 */
export function decodeLabels(labels: WireLabels | undefined, rows: number): Labels {
  const { strings = [], ints = [], rawInt32 } = labels ?? {};
  const encodings = [
    strings.length > 0 && 'strings',
    ints.length > 0 && 'ints',
    rawInt32 !== undefined && 'raw_int32',
  ].filter((encoding) => encoding !== false);
  if (encodings.length === 0) throw invalid('y', 'is empty; set one of strings, ints and raw_int32');
  if (encodings.length > 1) throw invalid('y', `sets ${encodings.join(' and ')}; set only one encoding`);

  const decoded = rawInt32 === undefined ? decodeReadable(strings, ints) : decodePacked(rawInt32, 'y.raw_int32');
  requireLabels(strings);
  const { length } = decoded.values;
  if (length !== rows) throw invalid(`y.${encodings[0]}`, `has ${length} labels; x has ${rows} rows`);
  return decoded;
}

/** Longer labels are text, not classes; each comes back with every prediction. */
const MAX_LABEL = 1024;

function requireLabels(labels: readonly string[]): void {
  const long = labels.findIndex((label) => label.length > MAX_LABEL);
  if (long >= 0) throw invalid(`y.strings[${long}]`, `has ${labels[long].length} characters; at most ${MAX_LABEL}`);
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
