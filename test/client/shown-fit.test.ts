import { expect } from 'chai';
import { ShownFit } from '../../client/cli/shown-fit.js';
import type { FitProgress } from '../../client/index.js';
import { fakeTerminal } from './fake-terminal.js';

describe('a fit that is shown', () => {
  const upload = (sentRows: number): FitProgress => ({
    phase: 'upload',
    sentRows,
    rows: 100,
    sentBytes: sentRows * 1000,
  });
  const training = (fraction: number): FitProgress => ({
    phase: 'training',
    fraction,
    iteration: fraction * 8,
    iterations: 8,
    remainingMs: 3000,
  });

  /** What each of `steps`, made at its time in milliseconds, shows. */
  function shown(isTTY: boolean, steps: readonly (readonly [number, FitProgress])[]): string[] {
    const output = Object.assign(fakeTerminal(), { isTTY });
    let text = '';
    output.on('data', (chunk: Buffer) => (text += chunk.toString()));
    let time = 0;
    using fit = new ShownFit('iris', output, () => time);
    return steps.map(([at, progress]) => {
      time = at;
      text = '';
      fit.update(progress);
      (output as unknown as { read(): unknown }).read();
      return text;
    });
  }

  it('has two bars on a terminal', () => {
    const [first, half, all, trained] = shown(true, [
      [0, upload(0)],
      [1000, upload(50)],
      [2000, upload(100)],
      [2500, training(0.25)],
    ]);
    expect(first).to.include('iris  upload    ────────────────────────    0 %  0/100 rows  0 B\n');
    expect(first).to.include('      training  ────────────────────────    0 %  0 ms');
    expect(half).to.include('━━━━━━━━━━━━────────────   50 %  50/100 rows  50.0 kB  50.0 kB/s');
    expect(all).to.include('100 %  100/100 rows  100.0 kB  50.0 kB/s');
    expect(trained).to.include('training  ━━━━━━──────────────────   25 %  2/8  0 ms  3.0 s to go');
  });

  it('begins again with the upload when the fit does', () => {
    const [, again] = shown(true, [
      [0, training(0.75)],
      [1000, upload(0)],
    ]);
    expect(again).to.include('training  ────────────────────────    0 %  0 ms');
  });

  it('is a line now and then where there is no terminal', () => {
    const lines = shown(false, [
      [0, upload(0)],
      [2000, upload(20)],
      [2500, upload(50)],
      [3000, upload(80)],
      [4500, upload(100)],
      [5000, training(0.5)],
      [7000, training(0.75)],
    ]);
    expect(lines).to.deep.equal([
      '',
      '',
      'iris  upload    ━━━━━━━━━━━━────────────   50 %  50/100 rows  50.0 kB  20.0 kB/s\n',
      '',
      'iris  upload    ━━━━━━━━━━━━━━━━━━━━━━━━  100 %  100/100 rows  100.0 kB  22.2 kB/s\n',
      '',
      'iris  training  ━━━━━━━━━━━━━━━━━━──────   75 %  6/8  2.0 s  3.0 s to go\n',
    ]);
  });
});
