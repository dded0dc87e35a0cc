const sizes = new WeakMap<object, number>();

/** A decoder that remembers how many bytes each message was. */
export function sized<Message extends object>(decode: (bytes: Buffer) => Message): (bytes: Buffer) => Message {
  return (bytes) => {
    // Once it is decoded, its memory may be gone.
    const { byteLength } = bytes;
    const message = decode(bytes);
    sizes.set(message, byteLength);
    return message;
  };
}

/** How many bytes a message of such a decoder was, without its frame; 0 for others. */
export function sizeOfMessage(message: object): number {
  return sizes.get(message) ?? 0;
}
