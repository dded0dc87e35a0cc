import { readFileSync } from 'node:fs';
import { expect } from 'chai';

import {
  type Projection,
  projectionOf,
  type Statistic,
  statisticOf,
  type Test,
  type TreeSplit,
} from '../../../../src/estimators/core/target-statistics/projection.js';
import { StatisticTables } from '../../../../src/estimators/core/target-statistics/statistic-tables.js';
import { Workspace } from '../../../../src/kernels/workspace.js';
import { lcg } from '../../../support/problems.js';
import { isTrue } from './naive-statistics.js';
import { statisticsOf, type StatisticsProblem } from './statistics-problem.js';
import { runThrough } from '../../../../src/estimators/in-parts.js';

interface TestElement {
  readonly column: number;
  readonly border?: number;
  readonly category?: string;
}

/** A split of a tree of CatBoost's (test/data/reference_target_statistics.py): a test by itself, or on a statistic. */
type ReferenceSplit =
  | TestElement
  | {
      readonly elements: readonly TestElement[];
      readonly kind: 'Borders' | 'Counter';
      readonly prior: 0 | 0.5 | 1;
      readonly targetBorder: number;
      readonly cut: number;
    };

interface Reference {
  readonly classes: 'two classes' | 'three classes';
  readonly trees: readonly (readonly ReferenceSplit[])[];
  /** Of every third row, and of those that the training has not seen: the leaf in each tree. */
  readonly leaves: readonly (readonly number[])[];
}

// Compiled tests run from dist/test, while the data stay in test/data.
const FILE = new URL('../../../../../test/data/reference_target_statistics.json', import.meta.url);
const references = JSON.parse(readFileSync(FILE, 'utf8')) as Reference[];

const N = 400;
const N_TRAINED = N - 60;
const LIMITS = { 'two classes': [2.2], 'three classes': [1.8, 2.8] };

const random = lcg(5);
const places: number[] = [];
const table = Array.from({ length: N }, (): [number, number, ...string[]] => {
  const [first, second] = [random() * 2 - 1, random() * 2 - 1];
  const [few, some, many] = [Math.floor(random() * 3), Math.floor(random() ** 2 * 14), Math.floor(random() ** 2 * 60)];
  places.push(Number(first > 0) + Number(some % 3 === 1) + (many % 2) + 1.5 * random());
  return [first, second, `f${few}`, `s${some}`, `m${many}`];
});
table.slice(N_TRAINED).forEach((row, i) => (row[i % 2 === 0 ? 4 : 3] = 'unseen'));
/** The categories of each column, as the trained rows have them. */
const categories = [2, 3, 4].map((column) => [...new Set(table.slice(0, N_TRAINED).map((row) => row[column]))]);
const codeOf = (column: number, name: string | number): number => {
  const code = categories[column - 2].indexOf(name);
  return code === -1 ? categories[column - 2].length : code;
};
const rows = table.map((row) => row.map((value, column) => (column < 2 ? (value as number) : codeOf(column, value))));

function testOf({ column, border, category }: TestElement): Test {
  if (category !== undefined) return { column, category: codeOf(column, category) };
  return { column, border: border as number, missing: false };
}

function projectionOfElements(elements: readonly TestElement[]): Projection {
  const isTest = ({ border, category }: TestElement) => border !== undefined || category !== undefined;
  return projectionOf(
    elements.filter((element) => !isTest(element)).map(({ column }) => column),
    elements.filter(isTest).map(testOf),
  );
}

function splitOf(split: ReferenceSplit): TreeSplit {
  if (!('elements' in split)) return { test: testOf(split) };
  const { kind, targetBorder, prior, cut } = split;
  const of = kind === 'Counter' ? ({ kind: 'counter' } as const) : ({ kind: 'target', targetBorder, prior } as const);
  return { statistic: statisticOf(projectionOfElements(split.elements), of), cut };
}

describe('The tables of target statistics, next to those of CatBoost', () => {
  references.forEach(({ classes, trees, leaves }, number) => {
    it(`send rows to the same leaves of its trees, unseen ones too: ${classes}, model ${number}`, () => {
      const problem: StatisticsProblem = {
        rows: rows.slice(0, N_TRAINED),
        y: places.slice(0, N_TRAINED).map((place) => LIMITS[classes].filter((limit) => place > limit).length),
        held: [],
        nClasses: LIMITS[classes].length + 1,
        nCategories: Uint32Array.of(0, 0, ...categories.map(({ length }) => length)),
        seed: 0,
      };
      const splits = trees.map((tree) => tree.map(splitOf));
      const used = new Map<string, Statistic>();
      for (const split of splits.flat()) if ('statistic' in split) used.set(split.statistic.key, split.statistic);
      const { statistics } = statisticsOf(problem);
      const tensors = statistics.tensors([...used.values()], () => undefined);
      const { nClasses, nCategories } = problem;
      const tables = runThrough(StatisticTables.read(tensors, { nFeatures: 5, nClasses, nCategories }));
      const numbers = new Map([...used.keys()].map((key, i) => [key, i]));

      const asked = rows.filter((_, row) => row % 3 === 0).concat(rows.slice(N_TRAINED));
      const lookup = runThrough(tables.place(new Workspace(tables.bytes(asked.length)), asked.length));
      lookup.look(Float64Array.from(asked.flat()), 0, asked.length, 5);
      const bit = (split: TreeSplit, row: number) => {
        if ('test' in split) return isTrue(split.test, asked[row]);
        return lookup.bins[(numbers.get(split.statistic.key) as number) * lookup.stride + row] > split.cut;
      };
      const found = asked.map((_, row) =>
        splits.map((tree) => tree.reduce((leaf, split, level) => leaf | (Number(bit(split, row)) << level), 0)),
      );
      expect(found).to.deep.equal(leaves);
    });
  });
});
