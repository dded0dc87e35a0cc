import { PassThrough } from 'node:stream';

/** A stream that says it is a terminal, with or without colours, and keeps what is written to it. */
export function fakeTerminal(isColourful = false): NodeJS.WriteStream & { text(): string } {
  const stream = new PassThrough();
  const chunks: string[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  return Object.assign(stream as unknown as NodeJS.WriteStream, {
    isTTY: true,
    columns: 100,
    rows: 30,
    hasColors: () => isColourful,
    text: () => chunks.join(''),
  });
}
