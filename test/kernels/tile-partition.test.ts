import { expect } from 'chai';
import fc from 'fast-check';

import { type Placed, Workspace } from '../../src/kernels/workspace.js';

const NO_BIN = 0xffff_ffff;

/** The bins that a split sends left. */
type Split = { readonly cut: number; readonly alsoLeft: number } | { readonly set: ReadonlySet<number> };

function goesLeft(bin: number, split: Split): boolean {
  return 'set' in split ? split.set.has(bin) : bin <= split.cut || bin === split.alsoLeft;
}

/** Parts the rows at the front of `rows` in the kernel of the split's kind. */
function part(
  workspace: Workspace,
  binBytes: 1 | 2,
  rows: Placed<Uint32Array>,
  count: number,
  bins: number,
  rowBytes: number,
  split: Split,
): number {
  const { kernels } = workspace;
  const spare = workspace.u32(count).address;
  if ('set' in split) {
    const words = workspace.u32(2_048);
    for (const bin of split.set) words[bin >> 5] |= 1 << (bin & 31);
    const bySet = binBytes === 1 ? kernels.partitionBySet8 : kernels.partitionBySet16;
    return bySet(rows.address, count, bins, rowBytes, words.address, spare);
  }
  const byCut = binBytes === 1 ? kernels.partitionByCut8 : kernels.partitionByCut16;
  return byCut(rows.address, count, bins, rowBytes, split.cut, split.alsoLeft, spare);
}

for (const [what, binBytes, most] of [
  ['byte bins', 1, 255],
  ['wide bins', 2, 65_535],
] as const) {
  const bin = fc.oneof(
    fc.integer({ min: 0, max: most }),
    fc.constantFrom(0, 1, 31, 32, 63, 127, 128, 254, 255, most - 1, most),
  );
  const cut = fc.record({ cut: bin, alsoLeft: fc.option(bin, { nil: NO_BIN }) });
  const set = fc.array(bin).map((bins) => ({ set: new Set(bins) }));

  describe(`The partition of rows by ${what}`, () => {
    for (const [kind, splits] of [
      ['a cut, and one other bin if asked', cut],
      ['a set', set],
    ] as const) {
      it(`moves the rows that a split sends left to the front, in their order: by ${kind}`, () => {
        fc.assert(
          fc.property(
            fc.array(fc.tuple(bin, fc.boolean()), { maxLength: 150 }),
            splits as fc.Arbitrary<Split>,
            fc.constantFrom(4, 8),
            (table, split, width) => {
              const n = table.length;
              const workspace = new Workspace(1024 + 8_192 + n * (width * binBytes + 8));
              const tile = binBytes === 1 ? workspace.u8(n * width) : workspace.u16(n * width);
              const lane = width - 2;
              // The other features have other bins.
              table.forEach(([of], row) => tile.fill((of + 1) % (most + 1), row * width, (row + 1) * width));
              table.forEach(([of], row) => (tile[row * width + lane] = of));
              // Some of the rows, and in any order.
              const order = table.flatMap(([, isIn], row) => (isIn ? [row] : [])).toReversed();
              const rows = workspace.u32(n);
              rows.fill(77);
              rows.set(order);
              const at = tile.address + lane * binBytes;
              const nLeft = part(workspace, binBytes, rows, order.length, at, width * binBytes, split);
              const isLeft = (row: number) => goesLeft(table[row][0], split);
              expect(nLeft).to.equal(order.filter(isLeft).length);
              const expected = [...order.filter(isLeft), ...order.filter((row) => !isLeft(row))];
              expect([...rows]).to.deep.equal([...expected, ...Array<number>(n - order.length).fill(77)]);
            },
          ),
        );
      });
    }

    it('does so beyond one block of rows', () => {
      const n = 2_500;
      const bins = Array.from({ length: n }, (_, row) => (row * 7_919) % (most + 1));
      const odd = new Set(bins.filter((of) => of % 2 === 1));
      for (const split of [{ cut: most >> 1, alsoLeft: NO_BIN }, { set: odd }]) {
        const workspace = new Workspace(1024 + 8_192 + n * (binBytes + 8));
        const column = binBytes === 1 ? workspace.u8(n) : workspace.u16(n);
        column.set(bins);
        const rows = workspace.u32(n);
        rows.set([...bins.keys()]);
        const nLeft = part(workspace, binBytes, rows, n, column.address, binBytes, split);
        const sides = [true, false].map((left) =>
          [...bins.keys()].filter((row) => goesLeft(bins[row], split) === left),
        );
        expect(nLeft).to.equal(sides[0].length);
        expect([...rows]).to.deep.equal(sides.flat());
      }
    });
  });
}
