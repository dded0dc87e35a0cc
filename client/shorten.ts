/** Both ends of a text that is long, on one line: names and categories may be of any length. */
export function shorten(text: string, limit = 40): string {
  const line = text.replaceAll(/\s+/g, ' ');
  if (line.length <= limit) return line;
  // Long names tend to begin alike, and to differ at their ends.
  const end = Math.floor(limit / 2) - 1;
  return `${line.slice(0, limit - 1 - end)}…${line.slice(-end)}`;
}
