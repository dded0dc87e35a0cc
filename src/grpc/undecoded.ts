import { type DomainError, invalid } from '../errors.js';
import type { InParts } from '../estimators/in-parts.js';
import type { Caller } from '../model/loaded-model.js';
import { inTurns } from '../model/in-turns.js';
import { Turns } from '../model/turns.js';

/** A large message whose decoding has begun, and goes on in turns once its handler asks for it. */
export class Undecoded<T> {
  /** Undefined once it is done: it keeps the bytes. */
  #work: InParts<T> | undefined;
  /** Its own field of this name, for the log; unset before it is decoded. */
  name: string | undefined;

  constructor(work: InParts<T>) {
    this.#work = work;
  }

  /**
   * Decodes the rest of it; once.
   *
   * @throws INVALID_REQUEST when it cannot be decoded, the signal's reason.
   */
  async decode(caller: Caller): Promise<T> {
    const work = this.#work;
    this.#work = undefined;
    if (work === undefined) throw new Error('the message is decoded once');
    const { signal } = caller;
    const turns = new Turns(signal);
    await turns.next();
    try {
      const message = await inTurns(work, turns);
      this.name = nameOf(message);
      return message;
    } catch {
      signal.throwIfAborted();
      throw undecodable();
    }
  }
}

export function undecodable(): DomainError {
  return invalid('', 'the message cannot be decoded: its bytes are not those of such a request');
}

function nameOf(message: unknown): string | undefined {
  const name = typeof message === 'object' && message !== null && 'name' in message ? message.name : undefined;
  return typeof name === 'string' ? name : undefined;
}
