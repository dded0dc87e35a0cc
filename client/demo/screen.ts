import { createLogUpdate } from 'log-update';
import { type Style, styleFor, widthOf } from '../terminal/style.js';

/** Where the demo shows what it does: live on a terminal, plain lines elsewhere. */
export class Screen {
  readonly style: Style;
  readonly isLive: boolean;
  /** In columns. */
  readonly width: number;
  readonly #output: NodeJS.WriteStream;
  readonly #update: ReturnType<typeof createLogUpdate>;

  constructor(output: NodeJS.WriteStream = process.stdout) {
    this.style = styleFor(output);
    this.isLive = output.isTTY;
    this.width = widthOf(output);
    this.#output = output;
    this.#update = createLogUpdate(output);
  }

  /** The heading of a part of the demo. */
  heading(title: string, remark = ''): void {
    this.line();
    this.line(`${this.style.bold(title)}${remark === '' ? '' : `  ${this.style.dim(remark)}`}`);
  }

  /** Lines that stay. */
  line(text = ''): void {
    this.#output.write(`${text}\n`);
  }

  /** Something that cannot be shown here, or is worth a remark. */
  note(text: string): void {
    this.line(`  ${this.style.warn('note')}  ${text}`);
  }

  /** Lines that the next `live` or `settle` replaces; nothing where there is no terminal. */
  live(lines: readonly string[]): void {
    if (this.isLive) this.#update(lines.join('\n'));
  }

  /** Takes the live lines away. */
  settle(): void {
    if (!this.isLive) return;
    this.#update.clear();
    this.#update.done();
  }
}
