/** The headers of a call of `method`, over bare HTTP/2. */
export function headersOf(method: string) {
  return {
    ':method': 'POST',
    ':path': `/modelserver.v1.ModelServer/${method}`,
    'content-type': 'application/grpc',
    te: 'trailers',
  };
}

/** A message as it is on the wire: a flag (not compressed) and its length come before it. */
export function framed(message: Uint8Array): Buffer {
  const frame = Buffer.alloc(5);
  frame.writeUInt32BE(message.byteLength, 1);
  return Buffer.concat([frame, message]);
}
