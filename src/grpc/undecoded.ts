import { DomainError } from '../errors.js';
import type { InParts } from '../estimators/in-parts.js';
import type { Caller } from '../model/loaded-model.js';
import { inTurns } from '../model/in-turns.js';
import type { MadeBytes } from './message-in-parts.js';
import { Turns } from '../model/turns.js';

/** A large message whose decoding has begun, and goes on in turns once its handler asks for it. */
export class Undecoded<T> {
  /** Undefined once it is done: it keeps the bytes. */
  #work: InParts<T> | undefined;
  /** Its own field of this name, for the log; unset before it is decoded. */
  name: string | undefined;

  readonly #made: MadeBytes;

  /** @param made what the work has made so far */
  constructor(work: InParts<T>, made: MadeBytes) {
    this.#work = work;
    this.#made = made;
  }

  /**
   * Decodes the rest of it; once.
   *
   * @throws INVALID_REQUEST when it cannot be decoded, what the caller throws where
   *   there is no room for what is made of it, the signal's reason.
   */
  async decode(caller: Caller): Promise<T> {
    const work = this.#work;
    this.#work = undefined;
    if (work === undefined) throw new Error('the message is decoded once');
    const { signal } = caller;
    const turns = new Turns(signal);
    await turns.next();
    try {
      const message = await inTurns(withinRoom(work, this.#made, caller), turns);
      this.name = nameOf(message);
      return message;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof DomainError) throw error;
      throw undecodable();
    }
  }
}

/** Takes room for what the work makes, of which the wire shows a part only. */
function* withinRoom<T>(work: InParts<T>, made: MadeBytes, caller: Caller): InParts<T> {
  let taken = 0;
  for (;;) {
    const step = work.next();
    if (made.total > taken) caller.need?.(made.total - taken);
    taken = made.total;
    if (step.done === true) return step.value;
    yield;
  }
}

export function undecodable(): DomainError {
  // No field can be named: the violation of an empty one would tell a client less than none.
  return new DomainError('INVALID_REQUEST', 'the message cannot be decoded: its bytes are not those of such a request');
}

/** The field `name` of a message that has one. */
export function nameOf(message: unknown): string | undefined {
  const name = typeof message === 'object' && message !== null && 'name' in message ? message.name : undefined;
  return typeof name === 'string' ? name : undefined;
}
