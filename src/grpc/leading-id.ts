import { BinaryReader } from '@bufbuild/protobuf/wire';

/** Field 1, a varint. */
const ID_TAG = 1 << 3;

/**
 * The id of a message that cannot be decoded as a whole, as far as it can be
 * told: clients write fields in the order of their numbers, so that it is in front.
 */
export function leadingId(bytes: Buffer): bigint {
  try {
    const reader = new BinaryReader(bytes);
    return reader.uint32() === ID_TAG ? BigInt(reader.uint64()) : 0n;
  } catch {
    return 0n;
  }
}
