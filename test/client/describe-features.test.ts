import { expect } from 'chai';
import { describeFeatures } from '../../client/cli/describe-features.js';

describe('features on the screen', () => {
  it('are sorted by kind, with what there is to say about each', () => {
    expect(
      describeFeatures([
        { name: 'city', kind: 'categorical', nCategories: 17 },
        { name: 'age', kind: 'numeric', nMissing: 3 },
        { name: 'income', kind: 'numeric', nMissing: 0 },
        { name: 'plan', kind: 'categorical', nCategories: 3 },
      ]),
    ).to.equal('2 numeric: age (3 missing), income; 2 categorical: city (17), plan (3)');
  });

  it('are only of the kinds that there are', () => {
    expect(describeFeatures([{ name: 'a', kind: 'numeric' }])).to.equal('1 numeric: a');
    expect(describeFeatures([])).to.equal('');
  });

  it('fit on a line, however many they are and however long their names', () => {
    const features = Array.from({ length: 1000 }, (_, index) => ({ name: `${index}${'x'.repeat(255)}` }));
    const text = describeFeatures([
      ...features.map((feature) => ({ ...feature, kind: 'numeric' as const })),
      ...features.map((feature) => ({ ...feature, kind: 'categorical' as const, nCategories: 1e6 })),
    ]);
    expect(text).to.match(/^1000 numeric: 0x+…x+, 1x.*, …; 1000 categorical: 0x+…x+ \(1000000\), .*, …$/);
    expect(text.length).to.be.below(700);
  });

  it('have names without line ends', () => {
    expect(describeFeatures([{ name: 'first\nsecond', kind: 'numeric' }])).to.equal('1 numeric: first second');
  });
});
