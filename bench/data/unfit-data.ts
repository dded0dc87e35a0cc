/** A file that the benchmarks have no use for; the message says why, and begins behind the file's name. */
export class UnfitData extends Error {
  override readonly name = 'UnfitData';
}
