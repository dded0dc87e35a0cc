/** Files of the UCI repository whose labels are numbers to be estimated, by the most that each group has: rings of an abalone. */
const MOST: Readonly<Record<string, readonly number[]>> = { abalone: [8, 10, Infinity] };

/** The labels of the table `name`, in groups where they are numbers rather than classes. */
export function groupedLabels(name: string, labels: readonly string[]): string[] {
  const most = MOST[name];
  if (most === undefined) return [...labels];
  return labels.map((label) => (label === '' ? '' : String(most.findIndex((bound) => Number(label) <= bound))));
}
