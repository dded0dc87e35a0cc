/** The beginning of a text that is long, on one line: names and categories may be of any length. */
export function shorten(text: string, limit = 40): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line;
}
