import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import type { InParts } from '../estimators/in-parts.js';

/** Messages of no more bytes are decoded at once, by the generated code. */
const SMALL = 4096;
/** The most bytes of all fields together that are small in messages that make sense; a hundred thousand names of features are among them. */
const MOST_SMALL = 2 ** 23;
/** How many bytes are decoded in a part. */
const PART = 4096;

/** The generated code of a message. */
interface MessageType<T> {
  decode(input: BinaryReader | Uint8Array, length?: number): T;
}

/** What becomes of a field that may be large. */
type LargeField<T> =
  /** One value of many; `read` adds it. */
  | { readonly kind: 'value'; readonly read: (message: T, reader: BinaryReader) => void }
  /** Values one after the other; `read` adds one. */
  | { readonly kind: 'packed'; readonly read: (message: T, reader: BinaryReader) => void }
  /** Bytes, which stay where they are. */
  | { readonly kind: 'bytes'; readonly put: (message: T, bytes: Buffer) => void }
  /** A message. */
  | {
      readonly kind: 'message';
      readonly putSmall: (message: T, reader: BinaryReader, length: number) => void;
      readonly putLarge: (message: T, reader: MessageReader, end: number) => InParts<void>;
    };

/** The fields of a message that may be large, by tag. */
export type LargeFields<T> = readonly (readonly [tag: number, field: LargeField<T>])[];

/** How a message is decoded in parts: the generated code knows no pause. */
export class MessagePlan<T extends object> {
  readonly fields: ReadonlyMap<number, LargeField<T>>;

  constructor(
    readonly type: MessageType<T>,
    /** The names of the fields that may be large. */
    readonly names: readonly (keyof T)[] = [],
    ...fields: LargeFields<T>[]
  ) {
    this.fields = new Map(fields.flat());
  }
}

/** Repeated values in the field `number`, each read by `read`, which may come packed unless they have lengths. */
export function repeated<T, V>(
  number: number,
  wireType: WireType,
  valuesOf: (message: T) => V[],
  read: (reader: BinaryReader) => V,
): LargeFields<T> {
  const add = (message: T, reader: BinaryReader): void => {
    valuesOf(message).push(read(reader));
  };
  const one = [tagOf(number, wireType), { kind: 'value', read: add }] as const;
  if (wireType === WireType.LengthDelimited) return [one];
  return [one, [tagOf(number, WireType.LengthDelimited), { kind: 'packed', read: add }]];
}

export function bytes<T>(number: number, put: (message: T, bytes: Buffer) => void): LargeFields<T> {
  return [[tagOf(number, WireType.LengthDelimited), { kind: 'bytes', put }]];
}

export function nested<T, Child extends object>(
  number: number,
  plan: MessagePlan<Child>,
  put: (message: T, child: Child) => void,
): LargeFields<T> {
  return [
    [
      tagOf(number, WireType.LengthDelimited),
      {
        kind: 'message',
        putSmall(message, reader, length) {
          put(message, plan.type.decode(reader, length));
        },
        *putLarge(message, reader, end) {
          put(message, yield* reader.message(plan, end));
        },
      },
    ],
  ];
}

/**
 * Decodes a message in parts. What the generated code would make of it comes out;
 * but large bytes are views of `message`.
 *
 * @throws Error when these are not the bytes of such a message.
 */
export function messageInParts<T extends object>(
  plan: MessagePlan<T>,
  message: Buffer,
  made: MadeBytes = { total: 0 },
): InParts<T> {
  return new MessageReader(message, made).message(plan, message.length);
}

/** About what the values take that were made of a message so far, in bytes. */
export interface MadeBytes {
  total: number;
}

/** Of a message within another one, with an array: V8 makes room for 17 values with the first one. */
const MESSAGE_BYTES = 224;
/** Of a string or a large integer. */
const VALUE_BYTES = 40;

class MessageReader {
  readonly #bytes: Buffer;
  readonly #reader: BinaryReader;
  /** Where the last part ended. */
  #paused = 0;

  readonly #made: MadeBytes;

  constructor(message: Buffer, made: MadeBytes) {
    this.#bytes = message;
    this.#made = made;
    this.#reader = new BinaryReader(message);
  }

  /** The message that ends at `end`. */
  *message<T extends object>({ type, names, fields }: MessagePlan<T>, end: number): InParts<T> {
    const reader = this.#reader;
    const message = type.decode(EMPTY);
    const rest: { from: number; to: number }[] = [];
    while (reader.pos < end) {
      const from = reader.pos;
      const tag = reader.uint32();
      const field = fields.get(tag);
      if (field === undefined) {
        reader.pos = from;
        const [number, wireType] = reader.tag();
        reader.skip(wireType, number);
        const last = rest.at(-1);
        if (last?.to === from) last.to = reader.pos;
        else rest.push({ from, to: reader.pos });
      } else if (field.kind === 'value') {
        field.read(message, reader);
        this.#made.total += VALUE_BYTES;
      } else {
        const length = reader.uint32();
        const fieldEnd = reader.pos + length;
        if (fieldEnd > end) throw new RangeError('a field is longer than its message');
        if (field.kind === 'bytes') {
          field.put(message, this.#bytes.subarray(reader.pos, fieldEnd));
          reader.pos = fieldEnd;
        } else if (field.kind === 'packed') {
          while (reader.pos < fieldEnd) {
            field.read(message, reader);
            this.#made.total += VALUE_BYTES;
            if (this.#isDue()) yield;
          }
        } else if (length <= SMALL) {
          field.putSmall(message, reader, length);
          // Its values are numbers, which take about as much as on the wire, or few.
          this.#made.total += MESSAGE_BYTES + length;
        } else {
          yield* field.putLarge(message, this, fieldEnd);
        }
        requireEnd(reader, fieldEnd);
      }
      if (this.#isDue()) yield;
    }
    requireEnd(reader, end);
    if (rest.length === 0) return message;
    // The other fields are small: the generated code decodes them, without a pause.
    if (rest.reduce((sum, { from, to }) => sum + to - from, 0) > MOST_SMALL)
      throw new RangeError('its small fields are large');
    const whole = type.decode(Buffer.concat(rest.map(({ from, to }) => this.#bytes.subarray(from, to))));
    for (const name of names) whole[name] = message[name];
    return whole;
  }

  #isDue(): boolean {
    const { pos } = this.#reader;
    if (pos - this.#paused < PART) return false;
    this.#paused = pos;
    return true;
  }
}

const EMPTY = new Uint8Array(0);

/** The generated code does not mind where a value of a field ends. */
function requireEnd(reader: BinaryReader, end: number): void {
  if (reader.pos !== end) throw new RangeError('a value goes beyond the end of its field');
}

function tagOf(number: number, wireType: WireType): number {
  return (number << 3) | wireType;
}
