import { currentRows, Growth } from './growth';

/*
 * The rows of a subtree lie scattered over columns that no cache holds, and its
 * nodes look at them some ten times over. So the bins of a subtree that is small
 * enough are copied to columns of their own, which a cache does hold, and its
 * rows are numbered anew: nobody asks for the old numbers again, since what else
 * is known of a row is in its sample. Trees that grow best first jump from
 * subtree to subtree, and do without.
 */

/** The bytes of such columns: a part of the cache of a core, with room for all else that a node looks at. */
const COMPACT_BYTES: u32 = 160 * 1024;
/** With fewer rows, the copy costs what it saves. */
const WORTHWHILE_ROWS: u32 = 128;
/** The levels of splits that such a subtree has at least, as a rule. */
const LEVELS: u32 = 8;

/** The most rows of a subtree that is copied. */
export function compactRows(nRows: u32, nFeatures: u32): u32 {
  return min(nRows, COMPACT_BYTES / nFeatures);
}

/** Has the tree look at the columns of all rows. */
export function spreadColumns(g: Growth): void {
  g.compact = false;
  g.columns = g.allColumns;
  g.columnStride = g.nRows;
}

/** Copies the columns of the current node, just popped, and of what grows from it, if that is worthwhile. */
export function compactColumns(g: Growth): void {
  const count = g.current.count;
  if (g.compact || count > compactRows(g.nRows, g.nFeatures) || count < WORTHWHILE_ROWS || g.maxLeaves > 0) return;
  if (<u64>g.maxFeatures * min(LEVELS, g.maxDepth - g.current.depth) < g.nFeatures) return;
  const rows = currentRows(g);
  const end = rows + ((<usize>count) << 2);
  let column = g.allColumns;
  let to = g.compactColumns;
  for (let feature: u32 = 0; feature < g.nFeatures; feature++) {
    for (let at = rows; at < end; at += 4) store<u8>(to++, load<u8>(column + load<u32>(at)));
    column += g.nRows;
  }
  for (let i: u32 = 0; i < count; i++) store<u32>(rows + ((<usize>i) << 2), i);
  g.compact = true;
  g.compactFloor = g.nStack;
  g.columns = g.compactColumns;
  g.columnStride = count;
}

/** Whether the subtree with columns of its own has grown. */
export function isCompactDone(g: Growth): bool {
  return g.compact && g.nStack == g.compactFloor;
}
