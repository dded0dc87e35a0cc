/** Before each message of a call on the wire: a flag, whether it is compressed, and its length. */
export const FRAME_BYTES = 5;
