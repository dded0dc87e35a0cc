import type { TableColumn } from '../client/terminal/table.js';
import type { EstimatorKind } from '../src/estimators/estimator.js';
import type { Progress } from './report/progress.js';

/** A benchmark: its name on the command line, what it does, and the tables that it measures. */
export interface Benchmark {
  readonly name: string;
  readonly title: string;
  /** How it is measured; a paragraph of bench/README.md above the tables. */
  readonly description: string;
  run(circumstances: Circumstances): Promise<readonly Table[]>;
}

/** What a benchmark is run with. */
export interface Circumstances {
  readonly progress: Progress;
  /** The command that makes the environment of the Python peers. */
  readonly python: string;
  /** A folder of data sets beyond those of test/data. */
  readonly dataFolder?: string;
  /** With how many seeds the held-out losses are compared, at least 2, on which data sets, and of which estimators. */
  readonly seeds?: number;
  readonly only?: readonly string[];
  readonly of?: readonly EstimatorKind[];
  /** Whether little of everything is enough: to see that it works, not to measure. */
  readonly short?: boolean;
}

/** Measured figures, a row each; the bar and whether it holds are columns of their own behind the others. */
export interface Table {
  readonly title?: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly Row[];
  /** What is to be said below. */
  readonly note?: string;
}

export interface Row {
  /** One for each column of the table. */
  readonly cells: readonly string[];
  /** Unset for figures that no bar is set for. */
  readonly bar?: string;
  readonly holds?: boolean;
}

/** A column of numbers. */
export function figures(title: string): TableColumn {
  return { title, align: 'right' };
}

/** A benchmark that cannot be run as things are; the message says what is to be done. */
export class BenchmarkError extends Error {
  override readonly name = 'BenchmarkError';
}
