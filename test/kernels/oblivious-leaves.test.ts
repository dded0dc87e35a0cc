import { expect } from 'chai';
import fc from 'fast-check';

import { Workspace } from '../../src/kernels/workspace.js';

const float = (min: number, max: number) => fc.double({ min, max, noNaN: true }).map(Math.fround);

describe('The leaves of rows', () => {
  it('have a bit for each split, of bins of one byte and of two, above a cut and equal to a bin', () => {
    const nFeatures = 5;
    const row = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: nFeatures, maxLength: nFeatures });
    const split = fc.record({
      feature: fc.integer({ min: 0, max: nFeatures - 1 }),
      cut: fc.integer({ min: 0, max: 255 }),
      equal: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 20 }),
        fc.array(split, { maxLength: 16 }),
        fc.boolean(),
        (rows, splits, mixed) => {
          const workspace = new Workspace(1 << 14);
          const { kernels } = workspace;
          // The first feature has bins of two bytes where they are mixed.
          const widthOf = (feature: number) => (mixed && feature === 0 ? 2 : 1);
          const offsetOf = (feature: number) => (mixed && feature > 0 ? feature + 1 : feature);
          const binOf = (bins: readonly number[], feature: number) => bins[feature] + (widthOf(feature) === 2 ? 300 : 0); // prettier-ignore
          const rowBytes = 8;
          const bins = workspace.u8(rows.length * rowBytes + 8);
          rows.forEach((of, i) =>
            of.forEach((_, feature) => {
              const value = binOf(of, feature);
              const at = i * rowBytes + offsetOf(feature);
              bins[at] = value & 0xff;
              if (widthOf(feature) === 2) bins[at + 1] = value >> 8;
            }),
          );
          const words = workspace.u32(4 * (splits.length + 3));
          for (let i = 0; i < splits.length + 3; i++) words.set([0, 0, 0, 0xffff_ffff], 4 * i);
          const cutOf = ({ feature, cut }: { feature: number; cut: number }) => cut + (widthOf(feature) === 2 ? 300 : 0); // prettier-ignore
          splits.forEach((each, i) => {
            const bits = widthOf(each.feature) === 2 ? 0xffff : 0xff;
            const cut = cutOf(each);
            words.set([offsetOf(each.feature), each.equal ? bits & ~cut : 0, bits, each.equal ? bits - 1 : cut], 4 * i);
          });
          const leaves = workspace.u16(rows.length);
          const find = mixed ? kernels.findLeavesMixed : kernels.findLeaves8;
          find(bins.address, rowBytes, rows.length, words.address, splits.length, leaves.address);
          const isAbove = (of: readonly number[], each: (typeof splits)[number]) => each.equal ? binOf(of, each.feature) === cutOf(each) : binOf(of, each.feature) > cutOf(each); // prettier-ignore
          const expected = rows.map((of) => splits.reduce((leaf, each, i) => leaf + (isAbove(of, each) ? 2 ** i : 0), 0)); // prettier-ignore
          expect([...leaves]).to.deep.equal(expected);

          // The same for one split at a time, as marks of rows.
          const marks = workspace.u32(rows.length);
          splits.forEach((each, i) => {
            marks.fill(1);
            kernels.markTests(bins.address, rowBytes, rows.length, words.address + 16 * i, 5, marks.address);
            expect([...marks]).to.deep.equal(rows.map((of) => 1 + (isAbove(of, each) ? 32 : 0)));
          });
        },
      ),
    );
  });

  it('get the bits of statistics, whose bins are some bytes apart', () => {
    const workspace = new Workspace(4096);
    const bins = workspace.u8(40);
    bins.set(Array.from({ length: 40 }, (_, i) => (i * 7) % 16));
    const leaves = workspace.u16(10).fill(2);
    workspace.kernels.markLeaves(bins.address + 1, 4, 10, 7, 3, leaves.address);
    expect([...leaves]).to.deep.equal(Array.from({ length: 10 }, (_, i) => ((4 * i + 1) * 7) % 16 > 7 ? 10 : 2)); // prettier-ignore
  });
});

describe('The steps of leaves of two classes', () => {
  const row = fc.record({
    leaf: fc.integer({ min: 0, max: 3 }),
    label: fc.integer({ min: 0, max: 1 }),
    score: fc.oneof(float(-6, 6), fc.constantFrom(0, -40, 40)),
    weight: float(0.1, 8),
  });

  it('see the slopes and the loss after each step, with weights and without', () => {
    // Stretches of more than 64 rows of a group too.
    const rows = fc.oneof(fc.array(row, { minLength: 1, maxLength: 40 }), fc.array(row, { minLength: 900, maxLength: 1000 })); // prettier-ignore
    const steps = fc.array(float(-2, 2), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(rows, fc.boolean(), fc.array(steps, { minLength: 1, maxLength: 3 }), (given, weighted, taken) => {
        const n = given.length;
        const places = Math.ceil(n / 4) * 4;
        const workspace = new Workspace(1 << 16);
        const { kernels } = workspace;
        const [scores, labels, weights] = [workspace.f32(places), workspace.i32(places), workspace.f32(places)];
        const leaves = workspace.u16(n);
        scores.set(given.map(({ score }) => score));
        labels.set(given.map(({ label }) => label));
        weights.set(given.map(({ weight }) => weight));
        leaves.set(given.map(({ leaf }) => leaf));
        const counts = workspace.u32(8);
        kernels.countGroups(leaves.address, labels.address, 1, n, counts.address);
        const groups = Array.from({ length: 8 }, (_, group) => given.filter(({ leaf, label }) => 2 * leaf + label === group)); // prettier-ignore
        expect([...counts]).to.deep.equal(groups.map(({ length }) => length));

        const [starts, next] = [workspace.u32(9), workspace.u32(8)];
        let place = 0;
        groups.forEach(({ length }, group) => {
          starts[group] = next[group] = place;
          place = Math.ceil((place + length) / 4) * 4;
        });
        starts[8] = place;
        const [odds, stepped, grouped] = [workspace.f32(place), workspace.f32(place), workspace.f32(place)];
        kernels.groupRows(
          scores.address,
          labels.address,
          weights.address,
          leaves.address,
          n,
          next.address,
          odds.address,
          weighted ? grouped.address : 0,
        );
        const [factors, slopes] = [workspace.f64(8), workspace.f64(16)];
        const total = [0, 0, 0, 0];
        let from = odds;
        let to = stepped;
        for (const step of [[0, 0, 0, 0], ...taken]) {
          step.forEach((by, leaf) => {
            total[leaf] += by;
            factors[2 * leaf] = Math.exp(by);
            factors[2 * leaf + 1] = Math.exp(-by);
          });
          const loss = kernels.stepGroups(
            from.address,
            weighted ? grouped.address : 0,
            starts.address,
            8,
            factors.address,
            to.address,
            slopes.address,
          );
          [from, to] = [to, from];
          let expectedLoss = 0;
          groups.forEach((of, group) => {
            let [slope, curvature] = [0, 0];
            for (const { leaf, label, score, weight } of of) {
              const wrong = (label === 1 ? -1 : 1) * (score + total[leaf]);
              const p = 1 / (1 + Math.exp(-wrong));
              const w = weighted ? weight : 1;
              slope += w * p;
              curvature += w * p * (1 - p);
              expectedLoss += w * (Math.max(wrong, 0) + Math.log1p(Math.exp(-Math.abs(wrong))));
            }
            expect(slopes[2 * group]).to.be.closeTo(slope, 1e-5 * (1 + slope));
            expect(slopes[2 * group + 1]).to.be.closeTo(curvature, 1e-5 * (1 + curvature));
          });
          expect(loss).to.be.closeTo(expectedLoss, 2e-6 * (n + expectedLoss));
        }
      }),
    );
  });
});

describe('The steps of leaves of more classes', () => {
  it('see the slopes and all second derivatives of the rows of a leaf', () => {
    const classes = fc.integer({ min: 3, max: 7 });
    const problem = classes.chain((nClasses) =>
      fc.array(
        fc.record({
          scores: fc.array(float(-3, 3), { minLength: nClasses, maxLength: nClasses }),
          label: fc.integer({ min: 0, max: nClasses - 1 }),
          weight: float(0.1, 4),
          isInside: fc.boolean(),
        }),
        { minLength: 1, maxLength: 20 },
      ),
    );
    fc.assert(
      fc.property(problem, (given) => {
        const n = given.length;
        const nClasses = given[0].scores.length;
        const workspace = new Workspace(1 << 14);
        const [probabilities, labels, weights] = [workspace.f32(n * nClasses), workspace.i32(n), workspace.f32(n)];
        const shares = given.map(({ scores }) => {
          const all = scores.map(Math.exp);
          return all.map((value) => value / all.reduce((sum, each) => sum + each));
        });
        shares.forEach((of, i) => of.forEach((p, k) => (probabilities[k * n + i] = p)));
        labels.set(given.map(({ label }) => label));
        weights.set(given.map(({ weight }) => weight));
        const inside = [...given.keys()].filter((i) => given[i].isInside);
        const rows = workspace.u32(n);
        rows.set(inside);
        const [row, slopes, matrix] = [workspace.f64(nClasses + 1), workspace.f64(nClasses), workspace.f64(nClasses ** 2 + 1)]; // prettier-ignore
        const weight = workspace.kernels.leafCurvature(
          rows.address,
          inside.length,
          probabilities.address,
          n * 4,
          nClasses,
          labels.address,
          weights.address,
          row.address,
          slopes.address,
          matrix.address,
        );
        const sum = (of: (i: number) => number) => inside.reduce((total, i) => total + weights[i] * of(i), 0);
        expect(weight).to.be.closeTo(
          sum(() => 1),
          1e-6,
        );
        for (let a = 0; a < nClasses; a++) {
          expect(slopes[a]).to.be.closeTo(
            sum((i) => Number(given[i].label === a) - shares[i][a]),
            1e-5,
          );
          for (let b = 0; b <= a; b++) {
            const curvature = sum((i) => shares[i][a] * (Number(a === b) - shares[i][b]));
            expect(matrix[a * nClasses + b]).to.be.closeTo(curvature, 1e-5);
          }
        }
        // No step is common to all classes.
        expect(slopes.reduce((total, slope) => total + slope, 0)).to.be.closeTo(0, 1e-12 * (1 + weight));
      }),
    );
  });
});
