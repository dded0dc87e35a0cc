/*
 * Boosted trees as the walks take them. A node is 16 bytes: a threshold (f64),
 * the place of its value in a block of rows (u32, bytes), and its first child
 * (u32, bytes from the first node), which the second one follows. A row goes on
 * to the second one when its value is above the threshold, so one with a missing
 * value (NaN) to the first. Whoever lays trees out sends missing values the other
 * way by a row's negated values. A leaf is its own first child, and looks at a
 * place that always holds NaN, so that a walk stays there without a branch; its
 * threshold is what it adds. Tree t adds to output t % nOutputs.
 *
 * Trees that part categories have walks of their own, which take longer, and nodes
 * of 32 bytes, with two words more (u32): the address of a set, and its last number. A
 * set has a bit for each number (u32) that a row may have in the first half of its
 * value, and the last one stands for all beyond. A row goes on to the second child
 * where its bit is set, or its value above the threshold. A split by a set has a
 * threshold that no value is above, and all other nodes have an empty set.
 *
 * Rows come in blocks of 8, whose values stand place by place (f64[places][8]):
 * one address leads to all rows of a block.
 */

/** How many levels a batch goes down between two looks whether all have arrived. */
const STRIDE: u32 = 3;

/** The node below `node` for the row at `x`, the first of its values. */
@inline
function step(mixed: bool, nodes: usize, node: usize, x: usize): usize {
  const at = nodes + node;
  const places = load<u64>(at, 8);
  if (mixed) {
    const value = x + <usize>(<u32>places);
    const number = min(load<u32>(value), load<u32>(at, 20));
    // Of a shift only the lowest five bits count.
    const isIn = (load<u32>(<usize>load<u32>(at, 16) + ((<usize>(number >> 5)) << 2)) >> number) & 1;
    // Both are asked, and one of them says no: there is no branch to mispredict.
    const second = isIn | <u32>(load<f64>(value) > load<f64>(at));
    return <usize>(places >> 32) + ((<usize>second) << 5);
  }
  const second = load<f64>(x + <usize>(<u32>places)) > load<f64>(at);
  return <usize>(places >> 32) + ((<usize>second) << 4);
}

@inline
function addLeaf(nodes: usize, node: usize, output: usize): void {
  store<f64>(output, load<f64>(output) + load<f64>(nodes + node));
}

@inline
function walkBatch(
  mixed: bool,
  x: usize,
  nBlocks: u32,
  blockBytes: u32,
  nodes: usize,
  roots: usize,
  nTrees: u32,
  nOutputs: u32,
  outputs: usize,
): void {
  const pitch = (<usize>nOutputs) << 3;
  let place: usize = 0;
  for (let tree: usize = 0; tree < <usize>nTrees; tree++) {
    const root = <usize>load<u32>(roots + (tree << 2));
    let out = outputs + place;
    for (let block = x, end = x + <usize>nBlocks * <usize>blockBytes; block < end; block += <usize>blockBytes) {
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
          n0 = step(mixed, nodes, n0, block);
          n1 = step(mixed, nodes, n1, block + 8);
          n2 = step(mixed, nodes, n2, block + 16);
          n3 = step(mixed, nodes, n3, block + 24);
          n4 = step(mixed, nodes, n4, block + 32);
          n5 = step(mixed, nodes, n5, block + 40);
          n6 = step(mixed, nodes, n6, block + 48);
          n7 = step(mixed, nodes, n7, block + 56);
        }
        const m0 = step(mixed, nodes, n0, block);
        const m1 = step(mixed, nodes, n1, block + 8);
        const m2 = step(mixed, nodes, n2, block + 16);
        const m3 = step(mixed, nodes, n3, block + 24);
        const m4 = step(mixed, nodes, n4, block + 32);
        const m5 = step(mixed, nodes, n5, block + 40);
        const m6 = step(mixed, nodes, n6, block + 48);
        const m7 = step(mixed, nodes, n7, block + 56);
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
      addLeaf(nodes, n0, out);
      addLeaf(nodes, n1, out + pitch);
      addLeaf(nodes, n2, out + 2 * pitch);
      addLeaf(nodes, n3, out + 3 * pitch);
      addLeaf(nodes, n4, out + 4 * pitch);
      addLeaf(nodes, n5, out + 5 * pitch);
      addLeaf(nodes, n6, out + 6 * pitch);
      addLeaf(nodes, n7, out + 7 * pitch);
      out += pitch << 3;
    }
    place = place + 8 == pitch ? 0 : place + 8;
  }
}

@inline
function walkOne(
  mixed: bool,
  x: usize,
  nodes: usize,
  roots: usize,
  nTrees: u32,
  nOutputs: u32,
  outputs: usize,
): void {
  const pitch = (<usize>nOutputs) << 3;
  let place: usize = 0;
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
      const m0 = step(mixed, nodes, n0, x);
      const m1 = step(mixed, nodes, n1, x);
      const m2 = step(mixed, nodes, n2, x);
      const m3 = step(mixed, nodes, n3, x);
      const m4 = step(mixed, nodes, n4, x);
      const m5 = step(mixed, nodes, n5, x);
      const m6 = step(mixed, nodes, n6, x);
      const m7 = step(mixed, nodes, n7, x);
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
    place = addTo(nodes, n0, outputs, place, pitch);
    place = addTo(nodes, n1, outputs, place, pitch);
    place = addTo(nodes, n2, outputs, place, pitch);
    place = addTo(nodes, n3, outputs, place, pitch);
    place = addTo(nodes, n4, outputs, place, pitch);
    place = addTo(nodes, n5, outputs, place, pitch);
    place = addTo(nodes, n6, outputs, place, pitch);
    place = addTo(nodes, n7, outputs, place, pitch);
  }
  for (; at < end; at += 4) {
    let node = <usize>load<u32>(at);
    for (;;) {
      const next = step(mixed, nodes, node, x);
      if (next == node) break;
      node = next;
    }
    place = addTo(nodes, node, outputs, place, pitch);
  }
}

/** Adds a leaf to the output at `place`, and returns the place of the next tree's. */
@inline
function addTo(nodes: usize, node: usize, outputs: usize, place: usize, pitch: usize): usize {
  addLeaf(nodes, node, outputs + place);
  return place + 8 == pitch ? 0 : place + 8;
}

/**
 * Adds the leaves that rows reach, block by block through one tree after the
 * other.
 *
 * @param x f64[nBlocks][blockBytes / 64][8]
 * @param roots u32[nTrees], bytes from `nodes`
 * @param outputs f64[nBlocks][8][nOutputs]
 */
export function walkBoostedBatch(
  x: usize,
  nBlocks: u32,
  blockBytes: u32,
  nodes: usize,
  roots: usize,
  nTrees: u32,
  nOutputs: u32,
  outputs: usize,
): void {
  walkBatch(false, x, nBlocks, blockBytes, nodes, roots, nTrees, nOutputs, outputs);
}

/** Does so where trees part categories. */
export function walkMixedBatch(
  x: usize,
  nBlocks: u32,
  blockBytes: u32,
  nodes: usize,
  roots: usize,
  nTrees: u32,
  nOutputs: u32,
  outputs: usize,
): void {
  walkBatch(true, x, nBlocks, blockBytes, nodes, roots, nTrees, nOutputs, outputs);
}

/** Adds the leaves that the first row of a block reaches, 8 trees at a time: what takes long is to wait for nodes, so let it wait for several. */
export function walkBoostedRow(x: usize, nodes: usize, roots: usize, nTrees: u32, nOutputs: u32, outputs: usize): void {
  walkOne(false, x, nodes, roots, nTrees, nOutputs, outputs);
}

/** Does so where trees part categories. */
export function walkMixedRow(x: usize, nodes: usize, roots: usize, nTrees: u32, nOutputs: u32, outputs: usize): void {
  walkOne(true, x, nodes, roots, nTrees, nOutputs, outputs);
}
