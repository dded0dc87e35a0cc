import { expect } from 'chai';

import { TENSOR_ARRAYS, type Dtype, type Tensor, type Tensors } from '../../../../src/estimators/tensor.js';
import { fit, predict, specOf, trainingSet } from '../../../support/estimation.js';

const rows = [[1, 0], [2, NaN], [3, 1], [4, 0], [5, NaN], [6, 1], [7, 0], [8, 1], [9, 5]]; // prettier-ignore

function changed({ dtype, shape, data }: Tensor, index: number, value: number): Tensor {
  const copy = data.slice();
  copy[index] = value;
  return { dtype, shape, data: copy } as Tensor;
}

for (const kind of ['lgbm_classifier', 'xgb_classifier'] as const) {
  for (const [what, y] of [
    ['two classes', [0, 0, 1, 1, 0, 1, 1, 0, 1]],
    ['three classes', [0, 0, 1, 1, 2, 2, 1, 0, 2]],
  ] as const) {
    describe(`The tensors of ${kind} with ${what}`, () => {
      const training = trainingSet(rows, y);
      const small = kind === 'lgbm_classifier' ? { min_child_samples: 1, min_data_in_bin: 1 } : { min_child_weight: 0 };
      const spec = specOf(kind, { n_estimators: 2, max_depth: 2, ...small });
      const sound = fit(spec, training);
      const restore = (tensors: Tensors) => predict(spec, tensors, training, [[1, NaN]]);
      const damaged = (name: string, index: number, value: number): Tensors => ({
        ...sound,
        [name]: changed(sound[name], index, value),
      });
      const nodes = sound.feature.data.length;
      const splits = sound.threshold.data.length;
      const trees = sound.tree_start.data.length - 1;

      it('are restored when they are sound', () => {
        expect(sound.feature.data[0]).to.be.at.least(0);
        expect(sound.feature.data[nodes - 1]).to.equal(-1);
        expect(restore(sound)[0].reduce((sum, p) => sum + p, 0)).to.be.closeTo(1, 1e-12);
        expect(() => restore(damaged('threshold', 0, Infinity))).not.to.throw();
      });

      it('are refused when a walk could go round, or out of them', () => {
        const cases: [name: string, index: number, value: number, message: RegExp][] = [
          ['feature', 0, 2, /split 0 /],
          ['feature', 0, 2 ** 31 - 1, /split 0 /],
          ['feature', 0, -2, /split 0 /],
          ['feature', 0, -1, /tensor threshold is/],
          ['feature', nodes - 1, 0, /tensor threshold is/],
          ['threshold', 0, NaN, /split 0 /],
          ['threshold', splits - 1, -Infinity, new RegExp(`split ${splits - 1} `)],
          ['missing_left', 0, 2, /split 0 /],
          ['missing_left', splits - 1, 255, new RegExp(`split ${splits - 1} `)],
          ['tree_start', 0, 1, /tree_start has wrong offsets/],
          ['tree_start', 1, 0, /tree_start has wrong offsets/],
          ['tree_start', 1, 1, /tree 0 /],
          ['tree_start', 1, Number(sound.tree_start.data[1]) + 1, /tree 0 /],
          ['tree_start', 1, 2 ** 32 - 1, /tree_start has wrong offsets/],
          ['tree_start', trees, nodes - 1, /tree_start has wrong offsets/],
          ['tree_start', trees, nodes + 1, /tree_start has wrong offsets/],
          ['leaf_value', 0, NaN, /not all finite/],
          ['leaf_value', 1, Infinity, /not all finite/],
          ['base_score', 0, -Infinity, /not all finite/],
        ];
        for (const [name, index, value, message] of cases) {
          expect(() => restore(damaged(name, index, value)), `${name}[${index}] = ${value}`).to.throw(
            RangeError,
            message,
          );
        }
      });

      it('are refused where a split and a leaf changed places', () => {
        // A tree that ends early, and one that never does; their nodes are as many.
        const feature = changed(changed(sound.feature, 0, -1), nodes - 1, 0);
        expect(() => restore({ ...sound, feature })).to.throw(RangeError, /nodes of tree 0 /);
      });

      it('are refused one by one when they are missing, of another type, longer, shorter or of another rank', () => {
        for (const [name, { dtype, shape, data }] of Object.entries(sound)) {
          const without = Object.fromEntries(Object.entries(sound).filter(([other]) => other !== name));
          expect(() => restore(without), name).to.throw(RangeError, `tensor ${name} is missing`);
          const other: Dtype = dtype === 'F64' ? 'U32' : 'F64';
          const retyped = {
            dtype: other,
            shape,
            data: new TENSOR_ARRAYS[other](new ArrayBuffer(8 * data.length), 0, data.length),
          } as Tensor;
          expect(() => restore({ ...sound, [name]: retyped }), `${name} ${other}`).to.throw(
            RangeError,
            `tensor ${name} is`,
          );
          const nested = { dtype, shape: [1, ...shape], data } as Tensor;
          expect(() => restore({ ...sound, [name]: nested }), `${name} nested`).to.throw(
            RangeError,
            `tensor ${name} is`,
          );
          for (const length of [0, data.length - 1, data.length + 1]) {
            const resized = new TENSOR_ARRAYS[dtype](new ArrayBuffer(length * data.BYTES_PER_ELEMENT), 0, length);
            for (let i = 0; i < Math.min(length, data.length); i++) resized[i] = data[i];
            const tensors = { ...sound, [name]: { dtype, shape: [length], data: resized } as Tensor };
            expect(() => restore(tensors), `${name} of ${length}`).to.throw(
              RangeError,
              /^(tensor|the nodes|the scores)/,
            );
          }
        }
      });
    });
  }
}
