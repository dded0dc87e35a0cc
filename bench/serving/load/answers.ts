import type { Target } from './target.js';

/** What a load generator has counted. */
export interface Answers {
  readonly requests: number;
  /** How many were answered with a status of success. */
  readonly answered: number;
  /** Of the bodies of all answers. */
  readonly dataBytes: number;
}

/** @throws Error unless every request was answered with as many bytes as the right answer has. */
export function requireAnswers({ url, answerBytes }: Target, { requests, answered, dataBytes }: Answers): void {
  const right = requests * answerBytes;
  if (answered === requests && dataBytes === right) return;
  throw new Error(
    `${url}: ${answered} of ${requests} requests were answered, with ${dataBytes} bytes where ${right} are right`,
  );
}
