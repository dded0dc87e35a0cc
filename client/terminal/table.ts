import CliTable from 'cli-table3';
import type { Style } from './style.js';

/** A column of a table. */
export interface TableColumn {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Wraps the column's words at so many characters. */
  readonly width?: number;
}

// Space and alignment structure a table well enough; lines would shout.
const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/** A table with a dim header, ready to print; each line is indented by two spaces. */
export function formatTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly (string | number)[])[],
  style: Style,
): string {
  const table = new CliTable({
    head: columns.map(({ title }) => style.dim(title)),
    colAligns: columns.map(({ align = 'left' }) => align),
    colWidths: columns.map(({ width }) => width ?? null),
    wordWrap: true,
    chars: NO_LINES,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
  });
  table.push(...rows.map((row) => row.map((cell, index) => breakLongWords(cell, columns[index].width))));
  return indent(table.toString());
}

/** Lines of `name  value`, the names dim and of one width; pairs without a value are left out. */
export function formatPairs(pairs: readonly (readonly [string, string | number | undefined])[], style: Style): string {
  const present = pairs.filter(([, value]) => value !== undefined);
  const width = Math.max(0, ...present.map(([name]) => name.length));
  return present.map(([name, value]) => `  ${style.dim(name.padEnd(width))}  ${value}`).join('\n');
}

/** The table cuts words that are longer than their column; paths of fields should not lose their ends. */
function breakLongWords(cell: string | number, width: number | undefined): string | number {
  if (width === undefined || typeof cell === 'number') return cell;
  return cell.replaceAll(new RegExp(`[\\w.[\\]]{${width}}(?=\\S)`, 'g'), '$&\n');
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`.trimEnd())
    .join('\n');
}
