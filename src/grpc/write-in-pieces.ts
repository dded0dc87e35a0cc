// oxlint-disable no-underscore-dangle -- that is how Node names what a stream is made of
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
  const write = stream._write.bind(stream);
  const writev = stream._writev?.bind(stream);

  const writeAll = (pieces: readonly Buffer[], done: Done): void => {
    let written = 0;
    const next: Done = (error) => {
      if (error) {
        done(error);
        return;
      }
      if (written > 0) onTaken();
      const piece = pieces[written++];
      if (piece === undefined) done();
      else write(piece, 'buffer' as BufferEncoding, next);
    };
    next();
  };

  stream._write = (chunk: Buffer, encoding, done) => {
    if (chunk.byteLength > PIECE_BYTES) writeAll(piecesOf(chunk), done);
    else write(chunk, encoding, done);
  };
  stream._writev = (chunks: { chunk: Buffer; encoding: BufferEncoding }[], done) => {
    const areSmall = chunks.every(({ chunk }) => chunk.byteLength <= PIECE_BYTES);
    if (areSmall && writev !== undefined) writev(chunks, done);
    else
      writeAll(
        chunks.flatMap(({ chunk }) => piecesOf(chunk)),
        done,
      );
  };
}

function piecesOf(chunk: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < chunk.byteLength; at += PIECE_BYTES) pieces.push(chunk.subarray(at, at + PIECE_BYTES));
  return pieces;
}
