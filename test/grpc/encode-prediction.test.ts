import { expect } from 'chai';
import fc from 'fast-check';
import { Dtype, PredictResponse } from '../../generated/modelserver/v1/model_server.js';
import type { Classes } from '../../src/estimators/labels.js';
import { type AnswerForm, encodePrediction, encodePredictionInTurns } from '../../src/grpc/encode-prediction.js';
import type { Prediction } from '../../src/model/loaded-model.js';
import { cardOf } from '../support/card.js';

const never = new AbortController().signal;

const classesOf: fc.Arbitrary<Classes> = fc.oneof(
  fc
    .uniqueArray(fc.string({ unit: 'grapheme', maxLength: 50 }), { minLength: 2, maxLength: 20 })
    .map((values): Classes => ({ kind: 'string', values: values.map((value) => value.toWellFormed()) })),
  fc
    .uniqueArray(
      fc.oneof(
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        fc.bigInt({ min: -(2n ** 31n), max: 2n ** 31n - 1n }),
      ),
      { minLength: 2, maxLength: 20 },
    )
    .map((values): Classes => ({ kind: 'integer', values: BigInt64Array.from(values) })),
  fc.constant<Classes>({ kind: 'integer', values: BigInt64Array.of(-(2n ** 31n), 0n, 2n ** 31n - 1n) }),
);

const formOf: fc.Arbitrary<AnswerForm> = fc.record({
  includeProbabilities: fc.boolean(),
  encoding: fc.constantFrom('raw', 'readable'),
});

function predictionOf(classes: Classes, rows: number, generation: number): Prediction {
  const nClasses = classes.values.length;
  return {
    card: { ...cardOf(classes), generation },
    classIndexes: Int32Array.from({ length: rows }, (_, row) => (row * 7) % nClasses),
    probabilities: Float64Array.from({ length: rows * nClasses }, (_, i) => Math.sin(i) * 10 ** (i % 300)),
  };
}

/** The answer as the generated code encodes it. */
function twin(
  { card, classIndexes, probabilities }: Prediction,
  { includeProbabilities, encoding }: AnswerForm,
): Uint8Array {
  const { classes } = card;
  const nClasses = classes.values.length;
  const rows = classIndexes.length;
  const response = PredictResponse.create({ labels: {}, generation: card.generation });
  const isRaw = encoding === 'raw';
  for (const index of classIndexes) {
    if (classes.kind === 'string') response.labels?.strings.push(classes.values[index]);
    else response.labels?.ints.push(classes.values[index]);
  }
  const ints = response.labels?.ints ?? [];
  if (isRaw && classes.kind === 'integer' && classes.values.every((value) => BigInt.asIntN(32, value) === value)) {
    response.labels = { strings: [], ints: [], rawInt32: Buffer.from(Int32Array.from(ints, Number).buffer) };
  }
  if (includeProbabilities) {
    const data = Buffer.from(probabilities.buffer);
    response.probabilities = isRaw
      ? { rows: [], raw: { rows, columns: nClasses, dtype: Dtype.DTYPE_FLOAT64, data }, columns: [] }
      : {
          rows: Array.from({ length: rows }, (_, row) => ({
            values: Array.from(probabilities.subarray(row * nClasses, (row + 1) * nClasses)),
          })),
          raw: undefined,
          columns: [],
        };
  }
  return PredictResponse.encode(response).finish();
}

describe('The answer to a Predict', () => {
  it('is, byte for byte, what the generated code makes of it', () => {
    fc.assert(
      fc.property(
        classesOf,
        formOf,
        fc.oneof(fc.constantFrom(1, 2), fc.integer({ min: 3, max: 300 })),
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        (classes, form, rows, generation) => {
          const prediction = predictionOf(classes, rows, generation);
          expect(Buffer.compare(encodePrediction(prediction, form), twin(prediction, form))).to.equal(0);
        },
      ),
    );
  });

  it('is the same where it is made in turns', async () => {
    await fc.assert(
      fc.asyncProperty(classesOf, formOf, async (classes, form) => {
        const prediction = predictionOf(classes, 5000, 3);
        expect(Buffer.compare(await encodePredictionInTurns(prediction, form, never), twin(prediction, form))).to.equal(
          0,
        );
      }),
      { numRuns: 20 },
    );
  });

  it('is not made for somebody who has gone', async () => {
    const reason = new Error('gone');
    const prediction = predictionOf({ kind: 'string', values: ['a', 'b'] }, 5000, 1);
    let thrown: unknown;
    await encodePredictionInTurns(
      prediction,
      { includeProbabilities: true, encoding: 'readable' },
      AbortSignal.abort(reason),
    ).catch((error: unknown) => (thrown = error));
    expect(thrown).to.equal(reason);
  });
});
