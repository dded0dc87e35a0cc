/** The command line, or what it points at, is wrong; the message says what would be right. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
