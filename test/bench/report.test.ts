import { expect } from 'chai';
import { figures } from '../../bench/benchmark.js';
import { formatMs, formatShare, formatSigned, formatSize, formatSpread } from '../../bench/report/format.js';
import { Progress } from '../../bench/report/progress.js';
import { sectionOf, withSection } from '../../bench/report/readme-section.js';

describe('The report of the benchmarks', () => {
  it('has a table with bars and verdicts', () => {
    const rows = [
      { cells: ['a', '1'], bar: '≤ 2', holds: true },
      { cells: ['b', '3'], bar: '≤ 2', holds: false },
      { cells: ['c', '4'] },
    ];
    const table = { title: 'Some', columns: [{ title: 'What' }, figures('Ratio')], rows, note: 'Below.' };
    expect(sectionOf({ title: 'Title', description: 'How.' }, [table])).to.include(
      [
        '## Title\n\nHow.\n\n### Some\n',
        '| What | Ratio | Bar |  |',
        '| --- | ---: | --- | --- |',
        '| a | 1 | ≤ 2 | holds |',
        '| b | 3 | ≤ 2 | falls short |',
        '| c | 4 |  |  |',
        '\nBelow.\n\nMeasured with Node ',
      ].join('\n'),
    );
  });

  it('has no columns for bars where there are none', () => {
    const table = { columns: [{ title: 'What' }], rows: [{ cells: ['a'] }] };
    expect(sectionOf({ title: 'Title', description: 'How.' }, [table])).to.include('\n| What |\n| --- |\n| a |\n');
  });

  it('takes the place of the last one of its name, and leaves the others', () => {
    const first = withSection(withSection('# Top\n', 'a', 'old'), 'b', 'other');
    expect(withSection(first, 'a', 'new')).to.equal(first.replace('old', 'new'));
    expect(first).to.match(/^# Top\n\n<!-- a: .+\n\nold\n\n<!-- \/a -->\n\n<!-- b: .+\n\nother\n\n<!-- \/b -->\n$/);
  });

  it('counts the steps, and says how each of them went', async () => {
    let text = '';
    const progress = new Progress({ write: (more) => (text += more) });
    progress.begin(2);
    await progress.step(
      'one',
      () => 7,
      (result) => `${result} of 9`,
    );
    await progress.step('two', () => progress.note('in between'));
    const failed: unknown = await progress.step('three', () => Promise.reject(new Error('no'))).catch(String);
    expect(text.replaceAll(/\d+ ms/g, 'N ms')).to.equal(
      '  [1/2] one … 7 of 9 (N ms)\n  [2/2] two … \n  in between\n  [3/2] three … \n',
    );
    expect(failed).to.equal('Error: no');
  });

  it('writes figures so that they can be read', () => {
    expect([0.0065912, 17.62, 30_712.3].map(formatMs)).to.deep.equal(['0.00659', '17.6', '30,700']);
    expect([formatShare(3, 3), formatShare(99_999, 100_000)]).to.deep.equal(['100 %', '99.99 %']);
    expect([-1.3e-9, 0, 2e-8].map((value) => formatSigned(value))).to.deep.equal(['−1.3e-9', '0', '+2.0e-8']);
    expect(formatSpread([0.5, 0.25, 1])).to.equal('0.25 to 1.00');
    expect(formatSize({ rows: 12_000, columns: 8 })).to.equal('12,000 × 8');
    expect(formatSize({ rows: 1000, columns: 8, categorical: [2, 3] })).to.equal('1,000 × 8 (2 categorical)');
  });
});
