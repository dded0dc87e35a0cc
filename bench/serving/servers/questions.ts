import type { LoopDelay } from './loop-delay.js';
import type { Usage } from './usage.js';

/** What a benchmark asks a server that it has started, over the channel between the two processes. */
export interface Questions {
  readonly usage: Usage;
  readonly collectGarbage: null;
  /** Begins to watch its event loop, anew. */
  readonly watchLoop: null;
  /** What has been seen of it since then. */
  readonly loopDelay: LoopDelay;
  /** Ends it; answered when nothing is served any more. */
  readonly stop: null;
}

export type Question = keyof Questions;

/** The first message of a server: it serves, and where. */
export interface Serving {
  readonly address: string;
}

export interface Asked {
  readonly id: number;
  readonly question: Question;
}

export interface Answered {
  readonly id: number;
  readonly answer: Questions[Question];
}
