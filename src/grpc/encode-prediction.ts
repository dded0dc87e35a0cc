import { Dtype } from '../../generated/modelserver/v1/model_server.js';
import type { Prediction } from '../model/loaded-model.js';
import { Turns } from '../model/turns.js';
import { type LabelCodes, labelCodesOf } from './label-codes.js';
import { sizeOfVarint, writeVarint } from './varint.js';

/** What an answer is to hold. */
export interface AnswerForm {
  readonly includeProbabilities: boolean;
  readonly encoding: 'raw' | 'readable';
}

/** Answers of fewer rows are encoded at once. */
const MANY_ROWS = 4096;
/** How many rows are encoded between two looks at the clock. */
const PART_ROWS = 1024;

const DOUBLE = Float64Array.BYTES_PER_ELEMENT;

// The tags of PredictResponse, Matrix, Row and RawMatrix.
const LABELS_TAG = 0x0a;
const PROBABILITIES_TAG = 0x12;
const GENERATION_TAG = 0x18;
const ROWS_TAG = 0x0a;
const VALUES_TAG = 0x0a;
const RAW_TAG = 0x12;
const RAW_ROWS_TAG = 0x08;
const RAW_COLUMNS_TAG = 0x10;
const RAW_DTYPE_TAG = 0x18;
const RAW_DATA_TAG = 0x22;

/**
 * The bytes of the PredictResponse that answers with a prediction. They are
 * written straight from its numbers: the generated encoder would want an object
 * for every row.
 */
export function encodePrediction(prediction: Prediction, form: AnswerForm): Buffer {
  const answer = new Answer(prediction, form);
  const { length } = prediction.classIndexes;
  answer.measure(0, length);
  answer.begin();
  answer.writeLabels(0, length);
  if (form.includeProbabilities) {
    answer.beginProbabilities();
    answer.writeProbabilities(0, length);
  }
  return answer.finish();
}

/** The same, taking turns with all else if there are many rows. */
export async function encodePredictionInTurns(
  prediction: Prediction,
  form: AnswerForm,
  signal: AbortSignal,
): Promise<Buffer> {
  const { length } = prediction.classIndexes;
  if (length < MANY_ROWS) return encodePrediction(prediction, form);
  const answer = new Answer(prediction, form);
  const turns = new Turns(signal);
  const inParts = async (work: (from: number, to: number) => void): Promise<void> => {
    for (let from = 0; from < length; from += PART_ROWS) {
      if (turns.isOver) await turns.next();
      work(from, Math.min(length, from + PART_ROWS));
    }
  };
  await turns.next();
  await inParts((from, to) => answer.measure(from, to));
  answer.begin();
  await inParts((from, to) => answer.writeLabels(from, to));
  if (form.includeProbabilities) {
    answer.beginProbabilities();
    await inParts((from, to) => answer.writeProbabilities(from, to));
  }
  return answer.finish();
}

/** A PredictResponse that is measured, and then written part by part, each of its steps in order. */
class Answer {
  readonly #prediction: Prediction;
  readonly #isRaw: boolean;
  readonly #includesProbabilities: boolean;
  readonly #nClasses: number;
  readonly #labels: LabelCodes;
  #codesLength = 0;
  #bytes: Buffer = EMPTY;
  #at = 0;

  constructor(prediction: Prediction, { includeProbabilities, encoding }: AnswerForm) {
    this.#prediction = prediction;
    this.#isRaw = encoding === 'raw';
    this.#includesProbabilities = includeProbabilities;
    this.#nClasses = prediction.card.classes.values.length;
    this.#labels = labelCodesOf(prediction.card.classes, this.#isRaw);
  }

  /** Adds up what the labels of the rows `from` to `to` take. */
  measure(from: number, to: number): void {
    const { codes, width } = this.#labels;
    if (width > 0) this.#codesLength += (to - from) * width;
    else {
      const { classIndexes } = this.#prediction;
      for (let row = from; row < to; row++) this.#codesLength += codes[classIndexes[row]].length;
    }
  }

  /** Makes room for all of it, and writes what comes before the labels. */
  begin(): void {
    const { tag } = this.#labels;
    const labelsLength = tag === 0 ? this.#codesLength : sizeOfField(this.#codesLength);
    const { generation } = this.#prediction.card;
    this.#bytes = Buffer.allocUnsafe(
      sizeOfField(labelsLength) +
        (this.#includesProbabilities ? sizeOfField(this.#probabilitiesLength()) : 0) +
        (generation === 0 ? 0 : 1 + sizeOfVarint(generation)),
    );
    this.#writeField(LABELS_TAG, labelsLength);
    if (tag !== 0) this.#writeField(tag, this.#codesLength);
  }

  writeLabels(from: number, to: number): void {
    const { codes, width } = this.#labels;
    const { classIndexes } = this.#prediction;
    const bytes = this.#bytes;
    let at = this.#at;
    if (width === 4) {
      // Packed ones have this width: without a loop for each of them it takes a third of the time.
      for (let row = from; row < to; row++, at += 4) {
        const code = codes[classIndexes[row]];
        bytes[at] = code[0];
        bytes[at + 1] = code[1];
        bytes[at + 2] = code[2];
        bytes[at + 3] = code[3];
      }
    } else {
      for (let row = from; row < to; row++) {
        const code = codes[classIndexes[row]];
        for (let i = 0; i < code.length; i++) bytes[at++] = code[i];
      }
    }
    this.#at = at;
  }

  /** Writes what comes before the probabilities. */
  beginProbabilities(): void {
    this.#writeField(PROBABILITIES_TAG, this.#probabilitiesLength());
    if (!this.#isRaw) return;
    this.#writeField(RAW_TAG, this.#rawLength());
    this.#writeField(RAW_ROWS_TAG, this.#rows);
    this.#writeField(RAW_COLUMNS_TAG, this.#nClasses);
    this.#writeField(RAW_DTYPE_TAG, Dtype.DTYPE_FLOAT64);
    this.#writeField(RAW_DATA_TAG, this.#rows * this.#nClasses * DOUBLE);
  }

  writeProbabilities(from: number, to: number): void {
    const { probabilities } = this.#prediction;
    const nClasses = this.#nClasses;
    if (this.#isRaw && to - from > 1) {
      const { buffer, byteOffset } = probabilities;
      const width = nClasses * DOUBLE;
      this.#bytes.set(new Uint8Array(buffer, byteOffset + from * width, (to - from) * width), this.#at);
      this.#at += (to - from) * width;
      return;
    }
    for (let row = from; row < to; row++) {
      if (!this.#isRaw) {
        this.#writeField(ROWS_TAG, sizeOfField(nClasses * DOUBLE));
        this.#writeField(VALUES_TAG, nClasses * DOUBLE);
      }
      for (let i = row * nClasses; i < (row + 1) * nClasses; i++) {
        this.#at = this.#bytes.writeDoubleLE(probabilities[i], this.#at);
      }
    }
  }

  /** Writes what comes last. */
  finish(): Buffer {
    const { generation } = this.#prediction.card;
    if (generation !== 0) this.#writeField(GENERATION_TAG, generation);
    return this.#bytes;
  }

  get #rows(): number {
    return this.#prediction.classIndexes.length;
  }

  #probabilitiesLength(): number {
    return this.#isRaw
      ? sizeOfField(this.#rawLength())
      : this.#rows * sizeOfField(sizeOfField(this.#nClasses * DOUBLE));
  }

  #rawLength(): number {
    const rows = this.#rows;
    const nClasses = this.#nClasses;
    return 1 + sizeOfVarint(rows) + 1 + sizeOfVarint(nClasses) + 2 + sizeOfField(rows * nClasses * DOUBLE);
  }

  /** Writes a tag and a number: the value of a field, or the length of what follows. */
  #writeField(tag: number, value: number): void {
    this.#bytes[this.#at] = tag;
    this.#at = writeVarint(this.#bytes, this.#at + 1, value);
  }
}

const EMPTY = Buffer.alloc(0);

/** The bytes of a field of `length` bytes, with its tag and its length. */
function sizeOfField(length: number): number {
  return 1 + sizeOfVarint(length) + length;
}
