/** A flag (not compressed) and the length, before every message. */
const PREFIX_BYTES = 5;

/** A message as the body of a gRPC call has it: the whole body of a unary one. */
export function grpcFrame(message: Uint8Array): Buffer {
  const frame = Buffer.alloc(PREFIX_BYTES + message.length);
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, PREFIX_BYTES);
  return frame;
}
