import { expect } from 'chai';
import fc from 'fast-check';
import { fileNameOf, modelNameOf } from '../../src/model/file-name.js';
import { requireName } from '../../src/model/model.js';

const modelName = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/);

describe('file names of models', () => {
  it('give back the name that they were made from', () => {
    fc.assert(fc.property(modelName, (name) => modelNameOf(fileNameOf(name)) === name));
  });

  it('differ for different names, also where the file system does not tell capitals apart', () => {
    fc.assert(
      fc.property(modelName, fc.array(fc.boolean(), { maxLength: 128 }), (name, flips) => {
        const other = Array.from(name, (letter, i) => (flips[i] ? swapCase(letter) : letter)).join('');
        return (name === other) === (fileNameOf(name).toLowerCase() === fileNameOf(other).toLowerCase());
      }),
    );
  });

  it('fit into 255 bytes, whatever the name', () => {
    fc.assert(fc.property(modelName, (name) => Buffer.byteLength(fileNameOf(name)) <= 255));
    expect(fileNameOf('A'.repeat(128)).length).to.be.at.most(255);
  });

  it('keep a lower-case name readable', () => {
    expect(fileNameOf('iris-v2.1')).to.equal('iris-v2.1.safetensors');
  });

  it('do not meet the devices of Windows', () => {
    expect(fileNameOf('con')).to.equal('con~0.safetensors');
    expect(fileNameOf('nul.txt')).to.equal('nul.txt~0.safetensors');
  });

  for (const stray of [
    'iris',
    'iris.safetensors.bak',
    '.lock',
    'Iris.safetensors',
    'iris~0.safetensors',
    'iris~zz.safetensors',
  ]) {
    it(`leave ${stray} to its owner`, () => {
      expect(modelNameOf(stray)).to.equal(undefined);
    });
  }
});

describe('names of models', () => {
  for (const bad of [
    '',
    '.',
    '..',
    '../x',
    'a/b',
    'a\\b',
    '.hidden',
    '-x',
    'a b',
    'a\0b',
    'ä',
    'a\n',
    'x'.repeat(129),
    '/etc/passwd',
    'C:x',
    '%2e%2e',
    'a~1',
  ]) {
    it(`cannot be ${JSON.stringify(bad).slice(0, 40)}`, () => {
      expect(() => requireName(bad))
        .to.throw()
        .with.property('reason', 'INVALID_REQUEST');
    });
  }
});

function swapCase(letter: string): string {
  return letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
}
