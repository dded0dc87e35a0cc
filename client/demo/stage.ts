import { randomBytes } from 'node:crypto';
import type { ModelServerClient } from '../model-server-client.js';
import type { Checks } from './checks.js';
import type { Screen } from './screen.js';

/** What all parts of the demo share. */
export interface Stage {
  readonly client: ModelServerClient;
  readonly screen: Screen;
  readonly checks: Checks;
  readonly names: ModelNames;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
  /** How long each of the trainings shall take, in milliseconds. */
  readonly targetMs: number;
  /** How long it must take at least, in milliseconds; 0 if that does not matter. */
  readonly leastMs: number;
}

/** Names that no other model of the server has, so that the demo touches only its own. */
export class ModelNames {
  readonly #prefix = `demo-${randomBytes(3).toString('hex')}`;
  readonly #used = new Set<string>();

  /** The name of the demo's model `what`. */
  of(what: string): string {
    const name = `${this.#prefix}-${what}`;
    this.#used.add(name);
    return name;
  }

  /** A name that no model has. */
  unknown(): string {
    return `${this.#prefix}-nobody`;
  }

  /** A name, or a text with names, without what makes them unique: that is nothing to read. */
  short(text: string): string {
    return text.replaceAll(`${this.#prefix}-`, '');
  }

  /** All names that were given out. */
  get used(): readonly string[] {
    return [...this.#used];
  }
}
