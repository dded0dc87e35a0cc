import { parse } from 'dotenv';
import { expect } from 'chai';
import { readConfig, settings } from '../../src/config.js';
import { readText } from './project.js';

describe('.env.example', () => {
  const example = parse(readText('.env.example'));

  it('names exactly the settings that the server reads', () => {
    expect(Object.keys(example).toSorted()).to.deep.equal(Object.keys(settings.shape).toSorted());
  });

  it('holds the defaults', () => {
    expect(readConfig(example)).to.deep.equal(readConfig({}));
  });

  it('tells the range of every number', () => {
    const sections = readText('.env.example').replaceAll(/\n# ?/g, ' ').split('\n');
    for (const name of Object.keys(settings.shape)) {
      // The server's own words for a bad value: "must be a whole number from 1 to 256".
      const range = /from (\d+ to \d+)/.exec(settings.safeParse({ [name]: 'x' }).error?.message ?? '')?.[1];
      const section = sections[sections.findIndex((line) => line.startsWith(`${name}=`)) - 1];
      expect(section, name).to.include(range ?? '');
    }
    expect(settings.safeParse({ PORT: 'x' }).error?.message).to.include('from 0 to 65535');
  });
});
