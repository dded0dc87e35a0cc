import type { Labels as WireLabels } from '../../generated/modelserver/v1/model_server.js';
import { invalid } from '../errors.js';
import { forParts, type InParts } from '../estimators/in-parts.js';
import type { Labels } from '../estimators/labels.js';
import { NumberedStrings } from '../model/numbered-strings.js';
import { ownBuffer } from './decode-matrix.js';
import { requireOne } from './require-one.js';

/** Longer labels are text, not classes; each comes back with every prediction. */
const MAX_LABEL = 1024;

export type LabelEncoding = 'strings' | 'ints' | 'raw_int32';

/**
 * A request's labels, one for each of `rows` rows; it can pause.
 *
 * @throws INVALID_REQUEST unless exactly one encoding is set and their number fits.
 */
export function* decodeLabels(labels: WireLabels | undefined, rows: number): InParts<Labels> {
  const { strings = [], ints = [], rawInt32 } = labels ?? {};
  const encoding = labelEncodingOf(labels, 'y');
  const decoded = rawInt32 === undefined ? yield* decodeReadable(strings, ints) : decodePacked(rawInt32, 'y.raw_int32');
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

/** @throws INVALID_REQUEST, at the path of the label, when it is too long. */
export function requireLabel(label: string, pathOf: (index: number) => string, index: number): void {
  if (label.length > MAX_LABEL) throw invalid(pathOf(index), `has ${label.length} characters; at most ${MAX_LABEL}`);
}

function* decodeReadable(strings: string[], ints: bigint[]): InParts<Labels> {
  if (strings.length > 0) {
    const pathOf = (index: number) => `y.strings[${index}]`;
    const numbered = new NumberedStrings();
    const values = new Int32Array(strings.length);
    yield* forParts(strings.length, (from, to) => {
      for (let i = from; i < to; i++) {
        requireLabel(strings[i], pathOf, i);
        values[i] = numbered.numberOf(strings[i]);
      }
    });
    return { kind: 'numbered', values, strings: numbered.strings };
  }
  const values = new BigInt64Array(ints.length);
  yield* forParts(ints.length, (from, to) => {
    for (let i = from; i < to; i++) values[i] = ints[i];
  });
  return { kind: 'integer', values };
}

/** @throws INVALID_REQUEST unless the bytes are of whole labels. */
export function countPacked({ byteLength }: Buffer, path: string): number {
  if (byteLength % 4 !== 0) throw invalid(path, `has ${byteLength} bytes; an int32 has 4`);
  return byteLength / 4;
}

function decodePacked(data: Buffer, path: string): Labels {
  const count = countPacked(data, path);
  const { buffer, offset } = ownBuffer(data);
  return { kind: 'integer', values: new Int32Array(buffer, offset, count) };
}
