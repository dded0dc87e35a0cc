import { forParts, type InParts } from '../in-parts.js';

const DIGIT_BITS = 16;
const DIGITS = 2 ** DIGIT_BITS;

/**
 * The value that would be at `n` if the values, none of which is below 0 or NaN, were
 * sorted. Such numbers are in the order of their bits: these are gone through by 16, from
 * the highest ones, each time among the values that begin with those found before.
 */
export function* nthSmallest(values: Float64Array<ArrayBuffer>, n: number): InParts<number> {
  const digits = new Uint16Array(values.buffer, values.byteOffset, 4 * values.length);
  const found = new Uint16Array(4);
  const counts = new Uint32Array(DIGITS);
  let rank = n;
  for (let place = 3; place >= 0; place--) {
    counts.fill(0);
    yield* forParts(values.length, (from, to) => {
      for (let i = from; i < to; i++) {
        let above = 3;
        while (above > place && digits[4 * i + above] === found[above]) above--;
        if (above === place) counts[digits[4 * i + place]]++;
      }
    });
    let digit = 0;
    while (rank >= counts[digit]) rank -= counts[digit++];
    found[place] = digit;
  }
  return new Float64Array(found.buffer)[0];
}
