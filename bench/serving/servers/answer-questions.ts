import { collectGarbage } from '../../../src/training/collect-garbage.js';
import { loopDelay, watchLoop } from './loop-delay.js';
import type { Answered, Asked, Question, Questions, Serving } from './questions.js';
import { usageOfThis } from './usage.js';

/** Says where this process serves, and answers the benchmark that has started it until it is stopped. */
export function answerQuestions(address: string, stop: () => Promise<void>): void {
  if (process.send === undefined) throw new Error('a benchmark starts this program, not a person');
  const answers: { readonly [Q in Question]: () => Questions[Q] | Promise<Questions[Q]> } = {
    usage: usageOfThis,
    collectGarbage: () => {
      collectGarbage();
      return null;
    },
    watchLoop: () => {
      watchLoop();
      return null;
    },
    loopDelay,
    stop: async () => {
      await stop();
      return null;
    },
  };
  const answer = async ({ id, question }: Asked) => {
    const answered: Answered = { id, answer: await answers[question]() };
    process.send?.(answered, undefined, undefined, () => {
      if (question === 'stop') process.disconnect();
    });
  };
  process.on('message', (asked: Asked) => void answer(asked));
  // The benchmark has ended without a word.
  process.on('disconnect', () => process.exit());
  process.send({ address } satisfies Serving);
}
