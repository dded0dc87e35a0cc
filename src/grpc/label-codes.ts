import { Labels } from '../../generated/modelserver/v1/model_server.js';
import type { Classes } from '../estimators/labels.js';

/** The classes of a model as labels are sent: the field `Labels` is made of one code after the other. */
export interface LabelCodes {
  /** By class. */
  readonly codes: readonly Uint8Array[];
  /** The bytes of each code, if all have as many; else 0. */
  readonly width: number;
  /** The tag of the field that holds all codes; 0 where each code is a field with a tag of its own. */
  readonly tag: number;
}

const INTS_TAG = 0x12;
const RAW_INT32_TAG = 0x1a;

const readable = new WeakMap<Classes, LabelCodes>();
const packed = new WeakMap<Classes, LabelCodes>();

/** The codes of classes, packed where they are asked for and fit; made once for the classes of a model. */
export function labelCodesOf(classes: Classes, isRaw: boolean): LabelCodes {
  const known = isRaw ? packed : readable;
  let codes = known.get(classes);
  if (codes === undefined) {
    codes = makeCodes(classes, isRaw);
    known.set(classes, codes);
  }
  return codes;
}

function makeCodes(classes: Classes, isRaw: boolean): LabelCodes {
  if (classes.kind === 'string') {
    return withWidth(
      classes.values.map((value) => Labels.encode({ strings: [value], ints: [] }).finish()),
      0,
    );
  }
  const values = [...classes.values];
  if (isRaw && values.every((value) => BigInt.asIntN(32, value) === value)) {
    return withWidth(
      values.map((value) => new Uint8Array(Int32Array.of(Number(value)).buffer)),
      RAW_INT32_TAG,
    );
  }
  return withWidth(
    // Without the tag and the length of the packed field, which hold for all of them together.
    values.map((value) =>
      Labels.encode({ strings: [], ints: [value] })
        .finish()
        .subarray(2),
    ),
    INTS_TAG,
  );
}

function withWidth(codes: readonly Uint8Array[], tag: number): LabelCodes {
  const { length } = codes[0];
  return { codes, width: codes.every((code) => code.length === length) ? length : 0, tag };
}
