import { expect } from 'chai';

import type { EstimatorSpec, ModelShape } from '../../src/estimators/estimator.js';
import type { Tensor, Tensors } from '../../src/estimators/tensor.js';
import { predict } from './estimation.js';

/** A value of a tensor, and what it becomes. */
export type Damage = readonly [name: string, index: number, value: number];

/** What an engine calls the tensors of the class shares of its leaves. */
export interface ShareTensors {
  readonly start: string;
  readonly label: string;
  readonly share: string;
}

/**
 * Fails unless two trees on one feature and two classes are restored with
 * another threshold, and refused with each of `damages` and those that break any
 * forest. The first node is a split, the last one a leaf.
 */
export function expectDamageRefused(
  spec: EstimatorSpec,
  sound: Tensors,
  { start, label, share }: ShareTensors,
  damages: readonly Damage[],
): void {
  const shape: ModelShape = { nFeatures: 1, nClasses: 2 };
  const last = sound.feature.data.length - 1;
  const damagesOfAny: Damage[] = [
    ['feature', 0, 1],
    ['feature', 0, -2],
    ['feature', last, 0],
    ['threshold', 0, NaN],
    ['tree_start', 0, 1],
    ['tree_start', 1, 0],
    ['tree_start', 2, last],
    [start, 1, 0],
    [start, 1, 4294967295],
    [label, 0, 2],
    [share, 0, 0.4],
    [share, 0, NaN],
    [share, 0, -1],
  ];
  const restore = (damage: Damage) => () => predict(spec, damaged(sound, damage), shape, [[1]]);
  expect(restore(['threshold', 0, 1.25])).not.to.throw();
  for (const damage of [...damagesOfAny, ...damages]) {
    const [name, index, value] = damage;
    expect(restore(damage), `${name}[${index}] = ${value}`).to.throw(RangeError);
  }
}

function damaged(sound: Tensors, [name, index, value]: Damage): Tensors {
  const { dtype, shape, data } = sound[name];
  const copy = data.slice();
  copy[index] = value;
  return { ...sound, [name]: { dtype, shape, data: copy } as Tensor };
}
