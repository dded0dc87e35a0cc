import { createLogUpdate } from 'log-update';
import type { FitProgress, UploadProgress } from '../fit-progress.js';
import type { TrainingProgress } from '../progress.js';
import { formatProgress, formatUpload } from '../terminal/progress-bar.js';
import { styleFor } from '../terminal/style.js';

/** How often the time on a terminal goes on, whatever the server says. */
const TICK_MS = 250;
/** Where there is no terminal, a line comes when so much more is done, and not more often than this. */
const STEP = 0.25;
const LINE_MS = 2000;

/**
 * Shows how far a fit is: on a terminal as two bars, upload and training, which stay
 * up to date until it is disposed of, and then are gone; elsewhere as a line now
 * and then, and none for a fit that is done soon.
 */
export class ShownFit {
  readonly #name: string;
  readonly #output: NodeJS.WriteStream;
  readonly #now: () => number;
  readonly #live: ReturnType<typeof createLogUpdate> | undefined;
  readonly #timer: NodeJS.Timeout | undefined;
  #upload: UploadProgress | undefined;
  #training: TrainingProgress | undefined;
  #phase: FitProgress['phase'] | undefined;
  /** When the phase began. */
  #since: number;
  /** What the upload took. */
  #uploadMs = 0;
  #lineAt: number;
  #lineFraction = 0;

  /** @param now A clock, in milliseconds. */
  constructor(name: string, output: NodeJS.WriteStream, now = () => performance.now()) {
    this.#name = name;
    this.#output = output;
    this.#now = now;
    this.#since = now();
    this.#lineAt = now();
    if (!output.isTTY) return;
    this.#live = createLogUpdate(output);
    this.#timer = setInterval(() => this.#draw(), TICK_MS).unref();
  }

  update(progress: FitProgress): void {
    const now = this.#now();
    const isNew = progress.phase !== this.#phase || this.#isRestarted(progress);
    if (isNew) {
      this.#phase = progress.phase;
      this.#since = now;
      this.#lineFraction = 0;
    }
    if (progress.phase === 'upload') {
      if (isNew) this.#training = undefined;
      this.#upload = progress;
      this.#uploadMs = now - this.#since;
    } else this.#training = progress;
    if (this.#live) this.#draw();
    else this.#print(progress);
  }

  /** Whether a repetition has begun with the upload again. */
  #isRestarted(progress: FitProgress): boolean {
    return progress.phase === 'upload' && this.#upload !== undefined && progress.sentRows < this.#upload.sentRows;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#live?.clear();
    this.#live?.done();
  }

  #draw(): void {
    if (this.#upload === undefined) return;
    this.#live?.(`${this.#name}  ${this.#uploadLine()}\n${' '.repeat(this.#name.length)}  ${this.#trainingLine()}`);
  }

  #print(progress: FitProgress): void {
    const isUpload = progress.phase === 'upload';
    const fraction = isUpload ? progress.sentRows / Math.max(1, progress.rows) : progress.fraction;
    const now = this.#now();
    if (fraction < this.#lineFraction + STEP || now - this.#lineAt < LINE_MS) return;
    this.#lineAt = now;
    this.#lineFraction = fraction;
    this.#output.write(`${this.#name}  ${isUpload ? this.#uploadLine() : this.#trainingLine()}\n`);
  }

  #uploadLine(): string {
    return this.#upload === undefined
      ? ''
      : `upload    ${formatUpload(this.#upload, this.#uploadMs, styleFor(this.#output))}`;
  }

  #trainingLine(): string {
    const elapsedMs = this.#phase === 'training' ? this.#now() - this.#since : 0;
    return `training  ${formatProgress(this.#training, elapsedMs, styleFor(this.#output))}`;
  }
}
