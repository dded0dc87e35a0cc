import type { Writable } from 'node:stream';

/** The size of a piece. */
export const PIECE_BYTES = 2 ** 18;

type Done = (error?: Error | null) => void;

/**
 * Has `stream` write chunks larger than PIECE_BYTES in pieces, one after another,
 * and tells of each that has been taken. An HTTP/2 stream by itself tells so of
 * whole chunks only, so that a slow reader of a large one looks like one who
 * does not read at all. Small chunks are written as before.
 */
export function writeInPieces(stream: Writable, onTaken: () => void): void {
  if (Object.hasOwn(stream, '_write')) return;
  const { _write, _writev } = stream;

  const writeAll = (pieces: readonly Buffer[], done: Done): void => {
    let written = 0;
    const next: Done = (error) => {
      if (written > 0) onTaken();
      const piece = pieces[written];
      if (error || piece === undefined) {
        done(error);
        return;
      }
      written++;
      _write.call(stream, piece, 'buffer' as BufferEncoding, next);
    };
    next();
  };

  stream._write = (chunk: Buffer, encoding, done) => {
    if (chunk.byteLength > PIECE_BYTES) writeAll(piecesOf(chunk), done);
    else _write.call(stream, chunk, encoding, done);
  };
  stream._writev = (chunks: { chunk: Buffer; encoding: BufferEncoding }[], done) => {
    const areSmall = chunks.every(({ chunk }) => chunk.byteLength <= PIECE_BYTES);
    if (areSmall && _writev) _writev.call(stream, chunks, done);
    else writeAll(chunks.flatMap(({ chunk }) => piecesOf(chunk)), done); // prettier-ignore
  };
}

function piecesOf(chunk: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < chunk.byteLength; at += PIECE_BYTES) pieces.push(chunk.subarray(at, at + PIECE_BYTES));
  return pieces;
}
