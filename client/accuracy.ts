import type { LabelsInput } from './labels.js';

/** The share, 0 to 1, of predicted labels that are right; '7', 7 and 7n are the same label. */
export function accuracy(predicted: LabelsInput, actual: LabelsInput): number {
  if (predicted.length !== actual.length) {
    throw new RangeError(`${predicted.length} predicted labels cannot be compared with ${actual.length} actual ones`);
  }
  let right = 0;
  for (let i = 0; i < actual.length; i++) if (String(predicted[i]) === String(actual[i])) right++;
  return actual.length === 0 ? 0 : right / actual.length;
}
