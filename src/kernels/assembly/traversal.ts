/*
 * Trees as the walks take them. A node is 16 bytes: a threshold (f64), the
 * feature's offset in a row (u32, bytes), and its left child (u32, bytes from
 * the first node), which the right one follows. A row goes right when its value
 * is above the threshold. A leaf is its own left child, and its threshold is a
 * NaN, which nothing is above, so that a walk stays there without a branch.
 * The lowest 32 bits of that NaN tell the leaf's distribution: the class of a
 * pure one; or, with PURE unset, the place of its shares.
 *
 * Shares are 16 bytes each: first a count (u32), then as many classes (u32, at
 * 0) with their shares (f64, at 8).
 */
const NODE_BYTES: usize = 16;
const PURE: u32 = 0x8000_0000;
/** How many levels a batch goes down between two looks whether all have arrived. */
const STRIDE: u32 = 4;

/** The node below `node` for the row at `x`. */
function step(nodes: usize, node: usize, x: usize): usize {
  const at = nodes + node;
  const right = load<f64>(x + <usize>load<u32>(at, 8)) > load<f64>(at);
  return <usize>load<u32>(at, 12) + ((<usize>right) << 4);
}

/** Adds the distribution of the leaf at `node` to `sums` (f64[nClasses]). */
function addLeaf(nodes: usize, node: usize, shares: usize, sums: usize): void {
  const leaf = load<u32>(nodes + node);
  if (leaf & PURE) {
    const sum = sums + ((<usize>(leaf & ~PURE)) << 3);
    store<f64>(sum, load<f64>(sum) + 1);
    return;
  }
  let at = shares + ((<usize>leaf) << 4);
  for (let end = at + ((<usize>load<u32>(at)) << 4); at < end;) {
    at += 16;
    const sum = sums + ((<usize>load<u32>(at)) << 3);
    store<f64>(sum, load<f64>(sum) + load<f64>(at, 8));
  }
}

/**
 * Adds the leaves that rows without missing values reach, 8 rows at a time
 * through one tree after the other.
 *
 * @param x f64[nRows][nFeatures]; nRows is a multiple of 8
 * @param roots u32[nTrees], bytes from `nodes`
 * @param sums f64[nRows][nClasses]
 */
export function walkBatch(
  x: usize,
  nRows: u32,
  nFeatures: u32,
  nodes: usize,
  roots: usize,
  nTrees: u32,
  shares: usize,
  nClasses: u32,
  sums: usize,
): void {
  const row = (<usize>nFeatures) << 3;
  const sum = (<usize>nClasses) << 3;
  for (let tree: usize = 0; tree < <usize>nTrees; tree++) {
    const root = <usize>load<u32>(roots + (tree << 2));
    let out = sums;
    for (let x0 = x, end = x + <usize>nRows * row; x0 < end; x0 += row << 3) {
      const x1 = x0 + row;
      const x2 = x1 + row;
      const x3 = x2 + row;
      const x4 = x3 + row;
      const x5 = x4 + row;
      const x6 = x5 + row;
      const x7 = x6 + row;
      let n0 = root;
      let n1 = root;
      let n2 = root;
      let n3 = root;
      let n4 = root;
      let n5 = root;
      let n6 = root;
      let n7 = root;
      for (;;) {
        for (let level: u32 = 1; level < STRIDE; level++) {
          n0 = step(nodes, n0, x0);
          n1 = step(nodes, n1, x1);
          n2 = step(nodes, n2, x2);
          n3 = step(nodes, n3, x3);
          n4 = step(nodes, n4, x4);
          n5 = step(nodes, n5, x5);
          n6 = step(nodes, n6, x6);
          n7 = step(nodes, n7, x7);
        }
        const m0 = step(nodes, n0, x0);
        const m1 = step(nodes, n1, x1);
        const m2 = step(nodes, n2, x2);
        const m3 = step(nodes, n3, x3);
        const m4 = step(nodes, n4, x4);
        const m5 = step(nodes, n5, x5);
        const m6 = step(nodes, n6, x6);
        const m7 = step(nodes, n7, x7);
        const moved = (n0 ^ m0) | (n1 ^ m1) | (n2 ^ m2) | (n3 ^ m3) | (n4 ^ m4) | (n5 ^ m5) | (n6 ^ m6) | (n7 ^ m7);
        if (moved == 0) break;
        n0 = m0;
        n1 = m1;
        n2 = m2;
        n3 = m3;
        n4 = m4;
        n5 = m5;
        n6 = m6;
        n7 = m7;
      }
      addLeaf(nodes, n0, shares, out);
      addLeaf(nodes, n1, shares, out + sum);
      addLeaf(nodes, n2, shares, out + 2 * sum);
      addLeaf(nodes, n3, shares, out + 3 * sum);
      addLeaf(nodes, n4, shares, out + 4 * sum);
      addLeaf(nodes, n5, shares, out + 5 * sum);
      addLeaf(nodes, n6, shares, out + 6 * sum);
      addLeaf(nodes, n7, shares, out + 7 * sum);
      out += sum << 3;
    }
  }
}

/**
 * Adds the leaves that one row (f64[nFeatures]) without missing values reaches,
 * 8 trees at a time: what takes long is to wait for nodes, so let it wait for several.
 */
export function walkRow(x: usize, nodes: usize, roots: usize, nTrees: u32, shares: usize, sums: usize): void {
  let at = roots;
  const end = roots + ((<usize>nTrees) << 2);
  for (; at + 32 <= end; at += 32) {
    let n0 = <usize>load<u32>(at);
    let n1 = <usize>load<u32>(at, 4);
    let n2 = <usize>load<u32>(at, 8);
    let n3 = <usize>load<u32>(at, 12);
    let n4 = <usize>load<u32>(at, 16);
    let n5 = <usize>load<u32>(at, 20);
    let n6 = <usize>load<u32>(at, 24);
    let n7 = <usize>load<u32>(at, 28);
    for (;;) {
      const m0 = step(nodes, n0, x);
      const m1 = step(nodes, n1, x);
      const m2 = step(nodes, n2, x);
      const m3 = step(nodes, n3, x);
      const m4 = step(nodes, n4, x);
      const m5 = step(nodes, n5, x);
      const m6 = step(nodes, n6, x);
      const m7 = step(nodes, n7, x);
      const moved = (n0 ^ m0) | (n1 ^ m1) | (n2 ^ m2) | (n3 ^ m3) | (n4 ^ m4) | (n5 ^ m5) | (n6 ^ m6) | (n7 ^ m7);
      if (moved == 0) break;
      n0 = m0;
      n1 = m1;
      n2 = m2;
      n3 = m3;
      n4 = m4;
      n5 = m5;
      n6 = m6;
      n7 = m7;
    }
    addLeaf(nodes, n0, shares, sums);
    addLeaf(nodes, n1, shares, sums);
    addLeaf(nodes, n2, shares, sums);
    addLeaf(nodes, n3, shares, sums);
    addLeaf(nodes, n4, shares, sums);
    addLeaf(nodes, n5, shares, sums);
    addLeaf(nodes, n6, shares, sums);
    addLeaf(nodes, n7, shares, sums);
  }
  for (; at < end; at += 4) {
    let node = <usize>load<u32>(at);
    for (;;) {
      const next = step(nodes, node, x);
      if (next == node) break;
      node = next;
    }
    addLeaf(nodes, node, shares, sums);
  }
}

/**
 * Does so for a row with missing values (NaN), which go where their split says.
 *
 * @param missingRight u8[nNodes]
 */
export function walkRowMissing(
  x: usize,
  nodes: usize,
  roots: usize,
  nTrees: u32,
  missingRight: usize,
  shares: usize,
  sums: usize,
): void {
  for (let tree: usize = 0; tree < <usize>nTrees; tree++) {
    let node = <usize>load<u32>(roots + (tree << 2));
    for (;;) {
      let next = step(nodes, node, x);
      // Nothing is above a NaN either: a missing value went left.
      const value = load<f64>(x + <usize>load<u32>(nodes + node, 8));
      if (value != value) next += (<usize>load<u8>(missingRight + node / NODE_BYTES)) << 4;
      if (next == node) break;
      node = next;
    }
    addLeaf(nodes, node, shares, sums);
  }
}
