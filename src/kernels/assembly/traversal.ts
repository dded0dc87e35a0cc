/*
 * Trees as the walks take them. A node is 24 bytes: a threshold (f64), the place of
 * its value in a block of rows (u32, bytes), its left and its right child (u32,
 * addresses), and where missing values go (u32: 0 left, 4 right). A row goes right
 * when its value is above the threshold. A leaf is both of its own children, and
 * its threshold is a NaN, so that a walk stays there without a branch. The lowest
 * 32 bits of that NaN tell the leaf's distribution: the class of a pure one; or,
 * with PURE unset, how many shares follow the node. Pure leaves of a class are one
 * node, for all trees: half of all nodes need no memory, and the last one of a walk
 * is in the cache.
 *
 * Both children are told, although one would tell the other: the load that waits
 * for a comparison keeps the compiler from loading for all rows before it compares,
 * for which there are not enough registers.
 *
 * Shares are 16 bytes each: a class (u32, at 0) and its share (f64, at 8).
 *
 * Rows come in blocks of 8, whose values stand place by place (f64[nFeatures][8]):
 * one address leads to all rows of a block.
 */
const NODE_BYTES: usize = 24;
const PURE: u32 = 0x8000_0000;
/** How many levels all rows go down in a round. */
const LEVELS: u32 = 4;
/** From one row of a block to the next: its values, and above them its node. */
const NEXT_ROW: u64 = (4 << 32) | 8;

/** The node below `node` for a row with `value` at its place. */
@inline
function childFor(node: usize, value: f64): usize {
  const right = value > load<f64>(node);
  return <usize>load<u32>(node + ((<usize>right) << 2), 12);
}

/** The place of the value that a node looks at. */
@inline
function placeOf(node: usize): usize {
  return <usize>load<u32>(node, 8);
}

/** The node below `node` for the row at `x`, the first of its values. */
@inline
function step(node: usize, x: usize): usize {
  return childFor(node, load<f64>(x + placeOf(node)));
}

@inline
function isLeaf(node: usize): bool {
  return <usize>load<u32>(node, 12) == node;
}

/** Adds the distribution of the leaf at `node` to `sums` (f64[nClasses]). */
function addLeaf(node: usize, sums: usize): void {
  const leaf = load<u32>(node);
  if (leaf & PURE) {
    const sum = sums + ((<usize>(leaf & ~PURE)) << 3);
    store<f64>(sum, load<f64>(sum) + 1);
    return;
  }
  let at = node + NODE_BYTES;
  for (const end = at + ((<usize>leaf) << 4); at < end; at += 16) {
    const sum = sums + ((<usize>load<u32>(at)) << 3);
    store<f64>(sum, load<f64>(sum) + load<f64>(at, 8));
  }
}

/**
 * Appends a row to the list of those that have not arrived if it has not: it is
 * written in any case, and written over if it has, since nobody could predict a
 * branch here.
 *
 * @param row the address of the row's values, and above it that of its node
 * @returns the end of the list
 */
@inline
function append(row: u64, node: usize, end: usize): usize {
  store<u64>(end, row);
  return end + ((<usize>!isLeaf(node)) << 3);
}

/**
 * Adds the leaves that rows without missing values reach, through one tree after
 * the other: all rows go down the levels that most rows need, then those that have
 * not arrived go on, always 8 at a time.
 *
 * @param x f64[nBlocks][nFeatures][8]
 * @param roots u32[nTrees], addresses
 * @param levels u32[nTrees], how many levels, and up to three more, all rows go down first
 * @param sums f64[nBlocks][8][nClasses]
 * @param standing u32[nBlocks][8], scratch: the node that each row stands at
 * @param waiting u64[nBlocks + 1][8], scratch: the rows that have not arrived
 */
export function walkBatch(
  x: usize,
  nBlocks: u32,
  nFeatures: u32,
  roots: usize,
  levels: usize,
  nTrees: u32,
  nClasses: u32,
  sums: usize,
  standing: usize,
  waiting: usize,
): void {
  const pitch = (<usize>nClasses) << 3;
  const standingEnd = standing + ((<usize>nBlocks) << 5);
  for (let tree: usize = 0; tree < <usize>nTrees << 2; tree += 4) {
    let end = walkDown(x, nBlocks, nFeatures, <usize>load<u32>(roots + tree), load<u32>(levels + tree), standing, waiting);
    while (end > waiting) end = walkOn(waiting, end);
    let sum = sums;
    for (let at = standing; at < standingEnd; at += 4) {
      addLeaf(<usize>load<u32>(at), sum);
      sum += pitch;
    }
  }
}

/** Appends the rows of a block that have not arrived. */
@inline
function appendBlock(block: usize, slot: usize, waiting: usize): usize {
  let end = waiting;
  let row = ((<u64>slot) << 32) | <u64>block;
  end = append(row, <usize>load<u32>(slot), end);
  row += NEXT_ROW;
  end = append(row, <usize>load<u32>(slot, 4), end);
  row += NEXT_ROW;
  end = append(row, <usize>load<u32>(slot, 8), end);
  row += NEXT_ROW;
  end = append(row, <usize>load<u32>(slot, 12), end);
  row += NEXT_ROW;
  end = append(row, <usize>load<u32>(slot, 16), end);
  row += NEXT_ROW;
  end = append(row, <usize>load<u32>(slot, 20), end);
  row += NEXT_ROW;
  end = append(row, <usize>load<u32>(slot, 24), end);
  row += NEXT_ROW;
  end = append(row, <usize>load<u32>(slot, 28), end);
  return end;
}

/**
 * All rows go down from `root`; returns the end of those that wait to go on. Between
 * two rounds of the loop their nodes are in memory: in registers, compilers would
 * keep each of them twice, as a number and as an address, and run out of registers.
 */
function walkDown(
  x: usize,
  nBlocks: u32,
  nFeatures: u32,
  root: usize,
  levels: u32,
  standing: usize,
  waiting: usize,
): usize {
  const blockBytes = (<usize>nFeatures) << 6;
  let end = waiting;
  let slot = standing;
  for (let block = x, blocksEnd = x + <usize>nBlocks * blockBytes; block < blocksEnd; block += blockBytes) {
    store<u32>(slot, <u32>root);
    store<u32>(slot, <u32>root, 4);
    store<u32>(slot, <u32>root, 8);
    store<u32>(slot, <u32>root, 12);
    store<u32>(slot, <u32>root, 16);
    store<u32>(slot, <u32>root, 20);
    store<u32>(slot, <u32>root, 24);
    store<u32>(slot, <u32>root, 28);
    // The stores between levels keep the compiler from taking all levels of a row at once, each of which waits.
    for (let level: u32 = 0; level < levels; level += LEVELS) {
      let n0 = <usize>load<u32>(slot);
      let n1 = <usize>load<u32>(slot, 4);
      let n2 = <usize>load<u32>(slot, 8);
      let n3 = <usize>load<u32>(slot, 12);
      let n4 = <usize>load<u32>(slot, 16);
      let n5 = <usize>load<u32>(slot, 20);
      let n6 = <usize>load<u32>(slot, 24);
      let n7 = <usize>load<u32>(slot, 28);
      n0 = childFor(n0, load<f64>(block + placeOf(n0)));
      n1 = childFor(n1, load<f64>(block + placeOf(n1), 8));
      n2 = childFor(n2, load<f64>(block + placeOf(n2), 16));
      n3 = childFor(n3, load<f64>(block + placeOf(n3), 24));
      n4 = childFor(n4, load<f64>(block + placeOf(n4), 32));
      n5 = childFor(n5, load<f64>(block + placeOf(n5), 40));
      n6 = childFor(n6, load<f64>(block + placeOf(n6), 48));
      n7 = childFor(n7, load<f64>(block + placeOf(n7), 56));
      store<u32>(slot, <u32>n0);
      n0 = childFor(n0, load<f64>(block + placeOf(n0)));
      n1 = childFor(n1, load<f64>(block + placeOf(n1), 8));
      n2 = childFor(n2, load<f64>(block + placeOf(n2), 16));
      n3 = childFor(n3, load<f64>(block + placeOf(n3), 24));
      n4 = childFor(n4, load<f64>(block + placeOf(n4), 32));
      n5 = childFor(n5, load<f64>(block + placeOf(n5), 40));
      n6 = childFor(n6, load<f64>(block + placeOf(n6), 48));
      n7 = childFor(n7, load<f64>(block + placeOf(n7), 56));
      store<u32>(slot, <u32>n0);
      n0 = childFor(n0, load<f64>(block + placeOf(n0)));
      n1 = childFor(n1, load<f64>(block + placeOf(n1), 8));
      n2 = childFor(n2, load<f64>(block + placeOf(n2), 16));
      n3 = childFor(n3, load<f64>(block + placeOf(n3), 24));
      n4 = childFor(n4, load<f64>(block + placeOf(n4), 32));
      n5 = childFor(n5, load<f64>(block + placeOf(n5), 40));
      n6 = childFor(n6, load<f64>(block + placeOf(n6), 48));
      n7 = childFor(n7, load<f64>(block + placeOf(n7), 56));
      store<u32>(slot, <u32>n0);
      n0 = childFor(n0, load<f64>(block + placeOf(n0)));
      n1 = childFor(n1, load<f64>(block + placeOf(n1), 8));
      n2 = childFor(n2, load<f64>(block + placeOf(n2), 16));
      n3 = childFor(n3, load<f64>(block + placeOf(n3), 24));
      n4 = childFor(n4, load<f64>(block + placeOf(n4), 32));
      n5 = childFor(n5, load<f64>(block + placeOf(n5), 40));
      n6 = childFor(n6, load<f64>(block + placeOf(n6), 48));
      n7 = childFor(n7, load<f64>(block + placeOf(n7), 56));
      store<u32>(slot, <u32>n0);
      store<u32>(slot, <u32>n1, 4);
      store<u32>(slot, <u32>n2, 8);
      store<u32>(slot, <u32>n3, 12);
      store<u32>(slot, <u32>n4, 16);
      store<u32>(slot, <u32>n5, 20);
      store<u32>(slot, <u32>n6, 24);
      store<u32>(slot, <u32>n7, 28);
    }
    end = appendBlock(block, slot, end);
    slot += 32;
  }
  return end;
}

/**
 * The rows from `waiting` to `end` go on by two levels; returns the end of those that
 * still wait, which are listed from `waiting` again.
 */
function walkOn(waiting: usize, end: usize): usize {
  // The last group is filled up with its last row, which then goes down more than once.
  const last = load<u64>(end - 8);
  store<u64>(end, last);
  store<u64>(end, last, 8);
  store<u64>(end, last, 16);
  store<u64>(end, last, 24);
  store<u64>(end, last, 32);
  store<u64>(end, last, 40);
  store<u64>(end, last, 48);
  let rest = waiting;
  // The rows are loaded each time: there are not enough registers to keep them.
  for (let at = waiting; at < end; at += 64) {
    let n0 = step(<usize>load<u32>(<usize>load<u32>(at, 4)), <usize>load<u32>(at));
    let n1 = step(<usize>load<u32>(<usize>load<u32>(at, 12)), <usize>load<u32>(at, 8));
    let n2 = step(<usize>load<u32>(<usize>load<u32>(at, 20)), <usize>load<u32>(at, 16));
    let n3 = step(<usize>load<u32>(<usize>load<u32>(at, 28)), <usize>load<u32>(at, 24));
    let n4 = step(<usize>load<u32>(<usize>load<u32>(at, 36)), <usize>load<u32>(at, 32));
    let n5 = step(<usize>load<u32>(<usize>load<u32>(at, 44)), <usize>load<u32>(at, 40));
    let n6 = step(<usize>load<u32>(<usize>load<u32>(at, 52)), <usize>load<u32>(at, 48));
    let n7 = step(<usize>load<u32>(<usize>load<u32>(at, 60)), <usize>load<u32>(at, 56));
    // As in walkDown, for all rows to go down a level before one goes down the next.
    store<u32>(<usize>load<u32>(at, 4), <u32>n0);
    n0 = step(n0, <usize>load<u32>(at));
    n1 = step(n1, <usize>load<u32>(at, 8));
    n2 = step(n2, <usize>load<u32>(at, 16));
    n3 = step(n3, <usize>load<u32>(at, 24));
    n4 = step(n4, <usize>load<u32>(at, 32));
    n5 = step(n5, <usize>load<u32>(at, 40));
    n6 = step(n6, <usize>load<u32>(at, 48));
    n7 = step(n7, <usize>load<u32>(at, 56));
    store<u32>(<usize>load<u32>(at, 4), <u32>n0);
    rest = append(load<u64>(at), n0, rest);
    store<u32>(<usize>load<u32>(at, 12), <u32>n1);
    rest = append(load<u64>(at, 8), n1, rest);
    store<u32>(<usize>load<u32>(at, 20), <u32>n2);
    rest = append(load<u64>(at, 16), n2, rest);
    store<u32>(<usize>load<u32>(at, 28), <u32>n3);
    rest = append(load<u64>(at, 24), n3, rest);
    store<u32>(<usize>load<u32>(at, 36), <u32>n4);
    rest = append(load<u64>(at, 32), n4, rest);
    store<u32>(<usize>load<u32>(at, 44), <u32>n5);
    rest = append(load<u64>(at, 40), n5, rest);
    store<u32>(<usize>load<u32>(at, 52), <u32>n6);
    rest = append(load<u64>(at, 48), n6, rest);
    store<u32>(<usize>load<u32>(at, 60), <u32>n7);
    rest = append(load<u64>(at, 56), n7, rest);
  }
  return rest;
}

/**
 * Adds the leaves that the first row of a block, without missing values, reaches,
 * 8 trees at a time: what takes long is to wait for nodes, so let it wait for several.
 */
export function walkRow(x: usize, roots: usize, nTrees: u32, sums: usize): void {
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
      const m0 = step(n0, x);
      const m1 = step(n1, x);
      const m2 = step(n2, x);
      const m3 = step(n3, x);
      const m4 = step(n4, x);
      const m5 = step(n5, x);
      const m6 = step(n6, x);
      const m7 = step(n7, x);
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
    addLeaf(n0, sums);
    addLeaf(n1, sums);
    addLeaf(n2, sums);
    addLeaf(n3, sums);
    addLeaf(n4, sums);
    addLeaf(n5, sums);
    addLeaf(n6, sums);
    addLeaf(n7, sums);
  }
  for (; at < end; at += 4) {
    let node = <usize>load<u32>(at);
    while (!isLeaf(node)) node = step(node, x);
    addLeaf(node, sums);
  }
}

/**
 * Does so for a row with missing values (NaN), which go where their split says.
 *
 * @param x the first value of the row in its block
 */
export function walkRowMissing(x: usize, roots: usize, nTrees: u32, sums: usize): void {
  for (let at = roots, end = roots + ((<usize>nTrees) << 2); at < end; at += 4) {
    let node = <usize>load<u32>(at);
    while (!isLeaf(node)) {
      const value = load<f64>(x + placeOf(node));
      const right = value == value ? (<u32>(value > load<f64>(node))) << 2 : load<u32>(node, 20);
      node = <usize>load<u32>(node + <usize>right, 12);
    }
    addLeaf(node, sums);
  }
}
