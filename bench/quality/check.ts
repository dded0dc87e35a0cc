import type { TableColumn } from '../../client/terminal/table.js';
import type { Row } from '../benchmark.js';
import type { DataSet } from '../data/data-set.js';
import type { Problem } from '../data/problem.js';
import type { GivenProblem, Peer } from '../peers/peer.js';
import type { Progress } from '../report/progress.js';

/** A part of a data set held out, with the others to learn from; ours and the peer have the same. */
export interface Fold {
  readonly problem: Problem;
  readonly given: GivenProblem;
}

/** An estimator of ours held to its namesake. */
export interface Check {
  readonly title: string;
  /** What comes after the name of the data set. */
  readonly columns: readonly TableColumn[];
  readonly note: string;
  /** Whether NaN may be among the features. */
  readonly takesMissing: boolean;
  /** The steps of `compare`. */
  readonly steps: number;
  compare(set: DataSet, folds: readonly Fold[], peer: Peer, progress: Progress): Promise<Row>;
}
