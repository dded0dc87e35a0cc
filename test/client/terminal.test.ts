import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { toJson } from '../../client/cli/json.js';
import { accuracy } from '../../client/accuracy.js';
import { Screen } from '../../client/demo/screen.js';
import { sleep } from '../../client/sleep.js';
import { formatBytes, formatDuration, formatList, formatShare, formatTime } from '../../client/terminal/format.js';
import { formatProgress, formatUpload } from '../../client/terminal/progress-bar.js';
import { styleFor } from '../../client/terminal/style.js';
import { formatPairs, formatTable } from '../../client/terminal/table.js';
import { fakeTerminal } from './fake-terminal.js';

const plain = styleFor(fakeTerminal());
const ESCAPE = String.fromCodePoint(27);

describe('what people read', () => {
  it('has durations, sizes, shares and times in fitting units', () => {
    expect([0.4, 830, 4230, 187_000, 7_500_000].map(formatDuration)).to.deep.equal([
      '0 ms',
      '830 ms',
      '4.2 s',
      '3 min 07 s',
      '2 h 05 min',
    ]);
    expect([0, 512, 12_340, 4e6, 5e15].map(formatBytes)).to.deep.equal([
      '0 B',
      '512 B',
      '12.3 kB',
      '4.0 MB',
      '5000.0 TB',
    ]);
    expect(formatShare(0.9734)).to.equal('97.3 %');
    expect(formatTime(new Date(Date.UTC(2031, 4, 6, 7, 8, 9)))).to.equal('2031-05-06 07:08:09');
    expect(formatTime(undefined)).to.equal('–');
  });

  it('cuts long lists, and says how long they are', () => {
    expect(formatList([1, 2, 3], 3)).to.equal('1, 2, 3');
    expect(formatList(['a', 'b', 'c'], 2)).to.equal('a, b, … (3 in all)');
    const long = `${'x'.repeat(21)}${'y'.repeat(20)}`;
    expect(formatList([long, 'x'.repeat(40), 'a\n\tb'])).to.equal(
      `${'x'.repeat(20)}…${'y'.repeat(19)}, ${'x'.repeat(40)}, a b`,
    );
  });

  it('is aligned in tables, without trailing blanks', () => {
    const columns = [{ title: 'name' }, { title: 'size', align: 'right' as const }];
    expect(
      formatTable(
        columns,
        [
          ['a', 1],
          ['long', 100],
        ],
        plain,
      ),
    ).to.equal(['  name  size', '  a        1', '  long   100'].join('\n'));
    expect(
      formatPairs(
        [
          ['a', 1],
          ['long', 'x'],
          ['gone', undefined],
        ],
        plain,
      ),
    ).to.equal('  a     1\n  long  x');
  });

  it('keeps the ends of long words', () => {
    const table = formatTable([{ title: 'path', width: 8 }], [['abc.def.ghi.jkl']], plain);
    expect(table.replaceAll(/\s/g, '')).to.equal('pathabc.def.ghi.jkl');
  });

  it('shows how far a training is', () => {
    const progress = { fraction: 0.5, iteration: 5, iterations: 10, remainingMs: 2000 };
    expect(formatProgress(progress, 1000, plain)).to.equal('━━━━━━━━━━━━────────────   50 %  5/10  1.0 s  2.0 s to go');
    expect(formatProgress(undefined, 0, plain)).to.include('0 %');
  });

  it('has colours only where there are some', () => {
    expect(styleFor(fakeTerminal(true)).good('x')).to.equal(`${ESCAPE}[32mx${ESCAPE}[39m`);
    expect(styleFor(fakeTerminal(false)).good('x')).to.equal('x');
    expect(styleFor(new PassThrough() as unknown as NodeJS.WriteStream).good('x')).to.equal('x');
  });

  it('shows how far an upload is', () => {
    const progress = { phase: 'upload', sentRows: 300, rows: 1200, sentBytes: 2_000_000 } as const;
    expect(formatUpload(progress, 500, plain)).to.equal(
      '━━━━━━──────────────────   25 %  300/1200 rows  2.0 MB  4.0 MB/s',
    );
    expect(formatUpload({ ...progress, sentRows: 0, rows: 0, sentBytes: 0 }, 0, plain)).to.equal(
      '────────────────────────    0 %  0/0 rows  0 B',
    );
  });

  it('is live on the terminal of the demo', async () => {
    const terminal = fakeTerminal();
    const screen = new Screen(terminal);
    screen.heading('Title', 'remark');
    screen.live(['moving']);
    screen.settle();
    screen.note('a remark');
    await sleep(10);
    expect(terminal.text()).to.include('Title  remark').and.to.include('moving').and.to.include('note  a remark');
    const file = new Screen(Object.assign(fakeTerminal(), { isTTY: false }));
    file.live(['moving']);
    file.settle();
    expect(file).to.include({ isLive: false, width: 100 });
  });
});

describe('toJson', () => {
  it('writes large integers as strings, times as ISO 8601, and typed arrays as plain ones', () => {
    const value = { big: 2n ** 62n, at: new Date(0), data: Float64Array.of(0.5, 1), none: undefined };
    expect(JSON.parse(toJson(value))).to.deep.equal({
      big: '4611686018427387904',
      at: '1970-01-01T00:00:00.000Z',
      data: [0.5, 1],
    });
  });
});

describe('accuracy', () => {
  it('is the share of labels that are right, whatever their type', () => {
    expect(accuracy(['1', '2', '3', 'x'], ['1', '2', '4', 'x'])).to.equal(0.75);
    expect(accuracy([1, 2], ['1', '3'])).to.equal(0.5);
    expect(accuracy([1n], [1])).to.equal(1);
    expect(accuracy([], [])).to.equal(0);
    expect(() => accuracy([1], [1, 2])).to.throw(RangeError, '1 predicted labels');
  });
});
