import { encodeArtifact } from '../../src/model/artifact.js';
import type { ModelCategories } from '../../src/model/categories.js';
import { categoryTensors } from '../../src/model/category-tensors.js';
import { featuresOf } from '../../src/model/features.js';
import { largeModels } from './large-models.js';

/** The bytes of the file of a large model, by its name. */
export async function largeArtifact(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const { spec, tensors, shape } = largeModels[name]();
  const categories: ModelCategories = Array.from({ length: shape.nFeatures }, (_, j) => {
    const n = shape.nCategories?.[j] ?? 0;
    if (n === 0) return undefined;
    if (j === 0) return { kind: 'integer', values: Float64Array.from({ length: n }, (__, i) => 7919 * i) };
    return { kind: 'string', values: Array.from({ length: n }, (__, i) => `the category ${i}`) };
  });
  const names = categories.map((_, j) => `x${j}`);
  const { bytes } = encodeArtifact(
    {
      generation: 1,
      estimator: spec,
      classes: { kind: 'integer', values: BigInt64Array.from({ length: shape.nClasses }, (_, i) => BigInt(i)) },
      features: featuresOf(names, categories),
      nSamples: 1,
      metrics: {},
      createdAt: new Date(0),
      fitDurationMs: 1,
      requestId: '',
    },
    { ...tensors, ...(await categoryTensors(categories, new AbortController().signal)) },
  );
  return bytes;
}
