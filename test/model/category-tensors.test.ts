import { expect } from 'chai';
import fc from 'fast-check';
import { tensor, type Tensors } from '../../src/estimators/tensor.js';
import type { ModelCategories } from '../../src/model/categories.js';
import { categoryTensors, readCategories } from '../../src/model/category-tensors.js';
import { featuresOf } from '../../src/model/features.js';

const never = new AbortController().signal;

const strings = (...values: string[]) => ({ kind: 'string', values }) as const;
const integers = (...values: number[]) => ({ kind: 'integer', values: Float64Array.from(values) }) as const;

const featuresFor = (categories: ModelCategories) =>
  featuresOf(
    categories.map((_, i) => `x${i}`),
    categories,
  );

const mixed: ModelCategories = [
  strings('red', '', 'Größe 🎨'),
  undefined,
  integers(7, -(2 ** 53 - 1), 0),
  strings(),
  strings('red'),
  integers(1),
];

async function refusal(categories: ModelCategories, change: (tensors: Tensors) => Tensors): Promise<string> {
  const tensors = change(await categoryTensors(categories, never));
  try {
    await readCategories(tensors, featuresFor(categories));
  } catch (error) {
    expect(error).to.be.instanceOf(RangeError);
    return (error as Error).message;
  }
  throw new Error('the tensors were accepted');
}

describe('The tensors of categories', () => {
  it('give back what went in', async () => {
    expect(await readCategories(await categoryTensors(mixed, never), featuresFor(mixed))).to.deep.equal(mixed);
  });

  it('give back whatever strings and integers go in', async () => {
    const string = fc.uniqueArray(fc.string({ unit: 'binary' }), { maxLength: 8 }).map((values) => strings(...values));
    const integer = fc.uniqueArray(fc.maxSafeInteger(), { maxLength: 8 }).map((values) => integers(...values));
    const categories = fc.array(fc.oneof(string, integer, fc.constant(undefined)), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(categories, async (each) => {
        expect(await readCategories(await categoryTensors(each, never), featuresFor(each))).to.deep.equal(each);
      }),
    );
  });

  it('are none where all features are numbers', async () => {
    expect(await categoryTensors([undefined, undefined], never)).to.deep.equal({});
    expect(await readCategories({}, featuresFor([undefined]))).to.deep.equal([undefined]);
  });

  it('are refused where they do not belong to the features', async () => {
    for (const name of Object.keys(await categoryTensors(mixed, never))) {
      const without = (tensors: Tensors) => Object.fromEntries(Object.entries(tensors).filter(([key]) => key !== name));
      expect(await refusal(mixed, without)).to.contain(name);
    }
    expect(await refusal(mixed, (tensors) => ({ ...tensors, category_name_ends: ends(3, 3, 3) }))).to.contain('U32');
    expect(
      await refusal(mixed, (tensors) => ({
        ...tensors,
        category_integers: tensor('F64', [4], Float64Array.of(7, 1.5, 0, 1)),
      })),
    ).to.contain('whole numbers');
  });

  it('are refused where their ends do not rise, go beyond the text, or fall short of it', async () => {
    const two = [strings('ab', 'cd')];
    for (const wrong of [
      [2, 3],
      [2, 5],
      [5, 4],
    ]) {
      expect(await refusal(two, (tensors) => ({ ...tensors, category_name_ends: ends(...wrong) }))).to.match(/tensor/);
    }
    expect(
      await refusal([strings('ab', 'cd', 'e')], (tensors) => ({ ...tensors, category_name_ends: ends(4, 3, 5) })),
    ).to.contain('category_name_ends');
  });

  it('are refused where their text is not, or is cut inside of a character', async () => {
    const names = (...bytes: number[]) => ({ category_names: tensor('U8', [bytes.length], Uint8Array.from(bytes)) });
    const two = [strings('ab', 'cd')];
    expect(await refusal(two, (tensors) => ({ ...tensors, ...names(0x61, 0xff, 0x63, 0x64) }))).to.contain(
      'category_names',
    );
    // é is c3 a9.
    const cut = { ...names(0x61, 0xc3, 0xa9, 0x62), category_name_ends: ends(2, 4) };
    expect(await refusal(two, () => cut)).to.contain('category_name_ends');
  });
});

function ends(...values: number[]): Tensors[string] {
  return tensor('U32', [values.length], Uint32Array.from(values));
}
