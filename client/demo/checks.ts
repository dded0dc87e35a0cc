import type { Screen } from './screen.js';

/** What the demo expects; a demo that shows something else has failed. */
export class Checks {
  #passed = 0;
  readonly #failures: string[] = [];

  constructor(private readonly screen: Screen) {}

  get passed(): number {
    return this.#passed;
  }

  get failures(): readonly string[] {
    return this.#failures;
  }

  /** Notes whether `claim` is true; says so at once if it is not. */
  expect(isTrue: boolean, claim: string): void {
    if (isTrue) {
      this.#passed++;
      return;
    }
    this.#failures.push(claim);
    this.screen.line(`  ${this.screen.style.bad('not as expected')}  ${claim}`);
  }
}
