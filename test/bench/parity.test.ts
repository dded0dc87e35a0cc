import { expect } from 'chai';

import { resolveEstimator } from '../../src/estimators/catalog.js';
import { ANY, AVERAGE, averageOf, formatHeld, holds } from '../../bench/parity/bars.js';
import { heldOut } from '../../bench/parity/held-out.js';
import { NAMESAKES } from '../../bench/parity/namesakes.js';
import { type Paired, paired } from '../../bench/parity/paired.js';
import { drawnSets, paritySets } from '../../bench/parity/parity-sets.js';
import type { DataSet } from '../../bench/data/data-set.js';

const result = (relative: number, difference: number, error = 0): Paired => ({
  ours: 0,
  theirs: 0,
  difference,
  relative,
  error,
  worst: 0,
});

/** A data set whose only feature is the number of the row. */
function numbered(rows: number): DataSet {
  const x = Float64Array.from({ length: rows }, (_, row) => row);
  return { name: 'numbered', rows, columns: 1, classes: 2, x, y: Int32Array.from(x, (row) => row % 2) };
}

describe('The parity benchmark', () => {
  it('compares losses pair by pair', () => {
    // The differences are 0.1, 0.2 and 0.6, their mean 0.3, their variance 0.07.
    const { ours, theirs, difference, relative, error, worst } = paired({
      ours: [1.1, 2.2, 3.6],
      theirs: [1, 2, 3],
    });
    expect(ours).to.be.closeTo(2.3, 1e-12);
    expect(theirs).to.equal(2);
    expect(difference).to.be.closeTo(0.3, 1e-12);
    expect(relative).to.be.closeTo(0.15, 1e-12);
    expect(error).to.be.closeTo(Math.sqrt(0.07 / 3) / 2, 1e-12);
    expect(worst).to.be.closeTo(0.2, 1e-12);
  });

  it('has no error where all pairs differ by the same', () => {
    expect(paired({ ours: [1.25, 2.25], theirs: [1, 2] })).to.include({ difference: 0.25, error: 0 });
  });

  it('averages over data sets, and names the worst of them', () => {
    const average = averageOf([result(-0.02, -0.01, 0.003), result(0.03, 0.02, 0.004)]);
    expect(average.relative).to.be.closeTo(0.005, 1e-12);
    expect(average.difference).to.be.closeTo(0.005, 1e-12);
    expect(average.error).to.be.closeTo(0.0025, 1e-12);
    expect(average).to.include({ worst: 1, holds: true });
  });

  it('holds a bar by the share or by the difference, either of them', () => {
    expect(holds(result(0.01, 1), AVERAGE)).to.equal(true);
    expect(holds(result(0.5, 0.002), AVERAGE)).to.equal(true);
    expect(holds(result(0.011, 0.0021), AVERAGE)).to.equal(false);
    expect(holds(result(0.031, 0.0051), ANY)).to.equal(false);
    expect(holds(result(-0.5, -1), ANY)).to.equal(true);
  });

  it('says which figures of a bar hold', () => {
    const held = [result(0.03, 0.006), result(0.04, 0.005), result(0.03, 0.005), result(0.04, 0.006)];
    expect(held.map((of) => formatHeld(of, ANY))).to.deep.equal(['+3 %', '+0.005', 'both', 'neither']);
  });

  it('falls short when one set does, however good the average is', () => {
    expect(averageOf([result(-0.5, -0.5), result(0.04, 0.006)]).holds).to.equal(false);
    expect(averageOf([result(-0.5, -0.5), result(0.04, 0.004)]).holds).to.equal(true);
  });

  it('falls short when the average does, however good each set is', () => {
    expect(averageOf([result(0.02, 0.01), result(0.02, 0.01)]).holds).to.equal(false);
  });

  it('holds a fifth out, another one with each seed, and the same again with the same', () => {
    const set = numbered(100);
    const rowsOf = (seed: number) => Array.from(heldOut(set, seed).q);
    expect(rowsOf(1)).to.have.length(20);
    expect(rowsOf(1)).to.deep.equal(rowsOf(1));
    expect(rowsOf(1)).not.to.deep.equal(rowsOf(2));
    const { x, q } = heldOut(set, 1);
    expect([...x, ...q].toSorted((a, b) => a - b)).to.deep.equal(Array.from(set.x));
  });

  it('takes a part of a large set, in which no row is both trained on and held out', () => {
    const { x, y, q, qy } = heldOut(numbered(12_000), 3);
    expect(new Set([...x, ...q]).size).to.equal(4000);
    expect([y.length, qy.length]).to.deep.equal([3200, 800]);
    expect(y.filter((label) => label === 1)).to.have.length(1600);
  });

  it('counts the categories of a large set in the part that is taken', () => {
    // Every row has a category of its own, so that none is held out which others have.
    const { nCategories, q, x } = heldOut({ ...numbered(12_000), categorical: [0] }, 3);
    expect(nCategories).to.deep.equal(Uint32Array.of(3200));
    expect(new Set(x).size).to.equal(3200);
    expect(new Set(q)).to.deep.equal(new Set([3200]));
  });

  it('has at least eight sets without a folder, of two and of more classes, some with missing values', async () => {
    const { sets } = await paritySets();
    expect(new Set(sets.map(({ name }) => name)).size)
      .to.equal(sets.length)
      .and.at.least(8);
    expect(sets.map(({ classes }) => classes)).to.include.members([2, 3, 10]);
    expect(sets.filter(({ x }) => x.some(Number.isNaN)).length).to.be.at.least(3);
    expect(sets.filter(({ categorical }) => categorical !== undefined).length).to.be.at.least(3);
    for (const { x, y, rows, columns, classes, name } of sets) {
      expect([x.length, y.length], name).to.deep.equal([rows * columns, rows]);
      expect(new Set(y).size, name).to.equal(classes);
      expect(x.some((value) => Math.abs(value) === Infinity)).to.equal(false);
    }
  });

  it('takes only the sets that are asked for, and names those that there are', async () => {
    const { sets } = await paritySets(undefined, ['moons', 'iris']);
    expect(sets.map(({ name }) => name)).to.deep.equal(['iris', 'moons']);
    const error: unknown = await paritySets(undefined, ['suns']).catch((reason: unknown) => reason);
    expect(String(error)).to.include('--only suns: there are "iris"').and.include('"moons"');
  });

  it('has the defaults, of CatBoost with fewer iterations, and a tuned setting of each estimator', () => {
    for (const { kind, settings } of NAMESAKES) {
      expect(settings).to.have.length(2);
      expect(settings[0].hyperparameters).to.deep.equal(kind === 'cat_boost_classifier' ? { iterations: 300 } : {});
      expect(settings[1].name).to.equal('tuned');
    }
  });

  it('has settings that our estimators can be trained with', () => {
    for (const { kind, settings } of NAMESAKES) {
      for (const { hyperparameters } of settings) {
        expect(resolveEstimator(kind, 'core', hyperparameters).hyperparameters).to.include(hyperparameters);
      }
    }
  });
});

describe('The sets that the parity benchmark draws', () => {
  it('are the same every time', () => {
    expect(drawnSets()).to.deep.equal(drawnSets());
  });
});
