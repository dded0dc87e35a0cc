// Adding a tree to the scores of rows: leaf by leaf to the rows that it was grown
// on, and by a walk over their bins to all others.

/** A node of a binned tree. A leaf is its own left child. */
@unmanaged
export class BinnedNode {
  /** The feature's bin of row 0; those of the next rows are `rowBytes` apart. */
  bins: u32;
  rowBytes: u32;
  /** The last bin that goes left, and another one that does. */
  cut: u32;
  alsoLeft: u32;
  /** Nodes by their numbers. */
  left: u32;
  right: u32;
  /** What a leaf adds. */
  value: f32;
  unused: u32;
}

/** Adds `value` to the scores (f32) of `rows` (u32[count]). */
export function addToScores(scores: usize, rows: usize, count: u32, value: f32): void {
  for (let end = rows + ((<usize>count) << 2); rows < end; rows += 4) {
    const score = scores + ((<usize>load<u32>(rows)) << 2);
    store<f32>(score, load<f32>(score) + value);
  }
}

@inline
function walk<B>(nodes: usize, rows: usize, count: u32, scores: usize): void {
  for (let i: usize = 0; i < <usize>count; i++) {
    const row = rows == 0 ? i : <usize>load<u32>(rows + (i << 2));
    let number: u32 = 0;
    let node = changetype<BinnedNode>(nodes);
    while (node.left != number) {
      const bin = <u32>load<B>(<usize>node.bins + row * <usize>node.rowBytes);
      number = bin <= node.cut || bin == node.alsoLeft ? node.left : node.right;
      node = changetype<BinnedNode>(nodes + <usize>number * offsetof<BinnedNode>());
    }
    const score = scores + (row << 2);
    store<f32>(score, load<f32>(score) + node.value);
  }
}

/**
 * Adds the leaves that rows reach to their scores.
 *
 * @param nodes BinnedNode[], the root first
 * @param rows u32[count], or 0 for the first `count` rows
 */
export function addWalked8(nodes: usize, rows: usize, count: u32, scores: usize): void {
  walk<u8>(nodes, rows, count, scores);
}

export function addWalked16(nodes: usize, rows: usize, count: u32, scores: usize): void {
  walk<u16>(nodes, rows, count, scores);
}
