import type { TableColumn } from '../../client/terminal/table.js';
import type { EstimatorKind } from '../../src/estimators/estimator.js';
import type { Problem } from '../data/problem.js';
import type { Trained } from '../ours.js';
import type { PeerAnswer, PeerQuestion } from '../peers/peer.js';

/** What is timed: the fit, a batch of all queries, a single row; and the last two with the peer given arrays rather than what suits it best. */
export type Work = 'fit' | 'batch' | 'row' | 'array_batch' | 'array_row';

/** A problem's size, and the most that ours may take of the peer's time. */
export interface Case {
  readonly rows: number;
  readonly columns: number;
  /** How many categories the last of the columns have; absent: all columns have numbers. */
  readonly categories?: readonly number[];
  readonly classes: number;
  /** Of what is timed; null: it is held to nothing. */
  readonly bars: Readonly<Partial<Record<Work, number | null>>>;
}

/** An estimator of ours beside its namesake, both with their defaults but for what is given. */
export interface Comparison {
  readonly title: string;
  readonly kind: EstimatorKind;
  /** What the namesake is called in the table. */
  readonly peer: string;
  readonly question: PeerQuestion;
  /** Hyperparameters of ours, under the contract's names. */
  readonly given?: Readonly<Record<string, unknown>>;
  readonly cases: readonly Case[];
  /** What is held together beside the times. */
  readonly quality: {
    readonly columns: readonly TableColumn[];
    compare(problem: Problem, ours: Ours, theirs: PeerAnswer): Quality;
  };
}

export interface Ours extends Trained {
  /** Shape: queries x classes. */
  readonly probabilities: Float64Array;
}

export interface Quality {
  /** One for each column. */
  readonly cells: readonly string[];
  /** What the quality is held to, beside the ratio. */
  readonly bar?: string;
  readonly holds?: boolean;
}
