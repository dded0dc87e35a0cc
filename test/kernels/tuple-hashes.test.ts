import { expect } from 'chai';
import fc from 'fast-check';

import { Workspace } from '../../src/kernels/workspace.js';

const workspace = new Workspace(65_536);
const { kernels } = workspace;
const digits = workspace.u32(3);
const columns = [0, 1, 2].map(() => workspace.u32(300));
digits.set(columns.map(({ address }) => address));
const [rows, order, starts, tags] = [workspace.u32(300), workspace.u32(300), workspace.u32(1_025), workspace.u32(300)];
const sizes = workspace.u8(1_024);
const words = workspace.f64(300);
const hashes = new BigUint64Array(words.buffer, words.byteOffset, 300);

const bucketOf = (hash: bigint, bits: number) => Number(hash >> BigInt(64 - bits));
const tagOf = (hash: bigint, bits: number) => Number((hash >> BigInt(32 - bits)) & 0xffff_ffffn);

describe('The hashes of tuples', () => {
  const digit = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom(0xffff_ffff, 0x8000_0000, 1_000_000));

  it('are those of their digits, wherever they stand, and differ with these and with the salt', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(digit, digit, digit), { minLength: 2, maxLength: 100, selector: String }),
        fc.nat(),
        (tuples, salt) => {
          columns.forEach((column, i) => column.set(tuples.map((tuple) => tuple[i])));
          rows.set([...tuples.keys()]);
          kernels.hashTuples(digits.address, 3, rows.address, tuples.length, salt, words.address);
          const inOrder = [...hashes.subarray(0, tuples.length)];
          expect(new Set(inOrder).size).to.equal(tuples.length);
          rows.set([...tuples.keys()].toReversed());
          kernels.hashTuples(digits.address, 3, rows.address, tuples.length, salt, words.address);
          expect([...hashes.subarray(0, tuples.length)]).to.deep.equal(inOrder.toReversed());
          kernels.hashTuples(digits.address, 3, rows.address, tuples.length, salt + 1, words.address);
          // A tuple of zeros has the hash 0 whatever the salt, and no other one has, as was seen above.
          if (tuples.at(-1)?.every((each) => each === 0)) expect(hashes[0]).to.equal(0n);
          else expect(inOrder).not.to.include(hashes[0]);
        },
      ),
    );
  });

  it('are spread evenly over buckets', () => {
    columns[0].set(Array.from({ length: 300 }, (_, i) => i));
    rows.set([...columns[0]]);
    kernels.hashTuples(digits.address, 1, rows.address, 300, 0, words.address);
    const counts = Array.from({ length: 4 }, () => 0);
    for (const hash of hashes) counts[bucketOf(hash, 2)]++;
    // Five standard deviations around 75.
    for (const count of counts) expect(count).to.be.within(38, 112);
  });

  it('put tuples in order, whose buckets and tags are told', () => {
    const hash = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.bigInt({ min: 0n, max: 99n }));
    fc.assert(
      fc.property(
        fc.array(hash, { maxLength: 300 }),
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 0, max: 10 }),
        (list, sortBits, bits) => {
          hashes.set(list);
          kernels.orderTuples(words.address, list.length, sortBits, starts.address, order.address);
          const found = [...order.subarray(0, list.length)];
          const sorted = list.toSorted((a, b) => (a < b ? -1 : Number(a > b)));
          expect(found.map((tuple) => list[tuple])).to.deep.equal(sorted);
          expect(new Set(found).size).to.equal(list.length);

          const common = sorted.slice(1).map((of, i) => 64 - (of ^ sorted[i]).toString(2).replace(/^0$/, '').length);
          expect(kernels.commonBits(words.address, order.address, list.length)).to.equal(Math.max(0, ...common));

          const ofBuckets = Array.from({ length: 2 ** bits }, () => 0);
          for (const of of list) ofBuckets[bucketOf(of, bits)]++;
          const { address } = sizes;
          const fits = kernels.tagTuples(words.address, order.address, list.length, bits, address, tags.address);
          expect(fits).to.equal(Number(Math.max(...ofBuckets) < 256));
          if (fits === 0) return;
          expect([...sizes.subarray(0, 2 ** bits)]).to.deep.equal(ofBuckets);
          expect([...tags.subarray(0, list.length)]).to.deep.equal(sorted.map((of) => tagOf(of, bits)));
        },
      ),
    );
  });
});
