import { expect } from 'chai';
import fc from 'fast-check';
import { Workspace } from '../../src/kernels/workspace.js';

/** The largest 16-bit number, beyond which rounded numbers mean nothing. */
const LARGEST = 32_767;

describe('The kernel that rounds rows', () => {
  const value = fc.oneof(
    fc.integer({ min: -5, max: 5 }).map((halves) => halves / 2),
    fc.double({ min: -300, max: 300, noNaN: true }),
    fc.double({ noNaN: true, min: -1e100, max: 1e100 }),
  );
  const problems = fc.integer({ min: 1, max: 21 }).chain((n) => {
    const row = fc.array(value, { minLength: n, maxLength: n });
    return fc.record({ row, centre: row, unit: fc.constantFrom(1, 2, 0.3, 100), gap: fc.integer({ min: 0, max: 3 }) });
  });

  it('rounds to whole numbers in pairs, and tells how far it moves the row', () => {
    fc.assert(
      fc.property(problems, ({ row, centre, unit, gap }) => {
        const n = row.length;
        const pairs = Math.ceil(n / 2);
        const workspace = new Workspace(
          2 * Workspace.sizeOf(n + 1, 8) + Workspace.sizeOf(2 * pairs * (gap + 1), 2) + 32,
        );
        // What follows the row is not looked at.
        const [x, c, report] = [workspace.f64(n + 1).fill(9), workspace.f64(n + 1).fill(5), workspace.f64(3)];
        const target = workspace.i16(2 * pairs * (gap + 1)).fill(-1);
        x.set(row);
        c.set(centre);
        const stride = 4 * (gap + 1);
        workspace.kernels.roundRow(x.byteOffset, c.byteOffset, n, unit, target.byteOffset, stride, report.address);

        const exact = row.map((v, j) => (v - centre[j]) * unit);
        const whole = exact.map((v) => Math.floor(v + 0.5));
        const largest = Math.max(...whole.map(Math.abs));
        expect(report[2]).to.equal(largest);
        if (largest > LARGEST) return;
        const sum = (values: number[]) => values.reduce((total, v) => total + v, 0);
        expect(report[0]).to.equal(sum(whole.map((v) => v * v)));
        expect(report[1]).to.be.closeTo(sum(whole.map((v, j) => (exact[j] - v) ** 2)), 1e-9);
        const expected = Array.from(target, (_, at) => {
          const j = 2 * Math.floor(at / (2 * (gap + 1))) + (at % (2 * (gap + 1)));
          // What lies between the pairs stays as it was; an odd last pair is filled up.
          return at % (2 * (gap + 1)) > 1 ? -1 : (whole[j] ?? 0) + 0;
        });
        expect([...target]).to.deep.equal(expected);
      }),
    );
  });

  it('tells of rows that are far beside the grid', () => {
    const workspace = new Workspace(128);
    const [x, c, report] = [workspace.f64(2), workspace.f64(2), workspace.f64(3)];
    const target = workspace.i16(2);
    for (const values of [
      [Infinity, 0],
      [0, -1e300],
      [32_768, 0],
      [0, NaN],
    ]) {
      // prettier-ignore
      x.set(values);
      workspace.kernels.roundRow(x.address, c.address, 2, 1, target.address, 4, report.address);
      expect(report[2] <= LARGEST, String(values)).to.equal(false);
    }
  });
});
