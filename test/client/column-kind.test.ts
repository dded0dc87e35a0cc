import { expect } from 'chai';
import fc from 'fast-check';
import { isNumber, kindOf } from '../../client/csv/column-kind.js';

describe('the kind of a column', () => {
  it('is numeric when all cells are numbers', () => {
    expect(kindOf(['1', '-2.5e3', '+.5', '4.', '007'])).to.equal('numeric');
  });

  it('is categorical when a cell is anything else', () => {
    for (const cell of [
      'red',
      '1,5',
      '0x10',
      'Infinity',
      'NaN',
      'NA',
      '1 2',
      '--1',
      '.',
      'e5',
      '1e999',
      '2031-05-06',
    ]) {
      expect(kindOf(['1', cell, '2']), cell).to.equal('categorical');
    }
  });

  it('does not depend on empty cells, and is numeric when there are no others', () => {
    expect(kindOf(['1', '', '2'])).to.equal('numeric');
    expect(kindOf(['', 'red'])).to.equal('categorical');
    expect(kindOf(['', ''])).to.equal('numeric');
  });

  it('is numeric for every column of finite numbers as programs write them', () => {
    const numbers = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(fc.property(fc.array(numbers.map(String)), (cells) => kindOf(cells) === 'numeric'));
  });

  it('takes for numbers only what JavaScript reads as one, too', () => {
    const scraps = fc.string({ unit: fc.constantFrom(...Array.from('0123456789+-.eExX ,_nN')) });
    fc.assert(
      fc.property(scraps, (cell) => {
        if (isNumber(cell)) expect(Number.isFinite(Number(cell)) && cell.trim() !== '').to.equal(true);
      }),
    );
    // And all of them, apart from other bases and blanks around.
    fc.assert(
      fc.property(scraps, (cell) => {
        const isDecimal = Number.isFinite(Number(cell)) && /^[^xX\s]+$/.test(cell);
        expect(isNumber(cell)).to.equal(isDecimal);
      }),
    );
  });
});
