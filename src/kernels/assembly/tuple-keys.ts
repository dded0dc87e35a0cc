import { GOLDEN_RATIO } from './random';

// The numbers of tuples: rows that are equal in all of some columns get one number,
// rows that are not get two. A tuple grows column by column, so that each step joins
// the numbers of what is known already with the codes of one column more.

const ODD: u64 = 0xbf58476d1ce4e5b9;

/**
 * Numbers the pairs (first[row], second[row]) of rows, from 0 on, in the order in
 * which they first occur, and returns how many they are. Of the rows behind the
 * first nRows, which are looked up only, those whose pair does not occur before get
 * that number.
 *
 * @param first u32[nRows + nOthers], below nFirst + 1
 * @param second u32[nRows + nOthers], below nSecond + 1; the last number of both is that of others
 * @param numbers u32[nRows + nOthers], the result
 * @param firstRows u32[nRows], the row that each pair first occurs in
 * @param totals u32[nRows], how many of the nRows rows have it
 * @param slots u32[2^slotBits], where 2^slotBits is at least twice nRows
 * @param pairs u64[nRows], of which as many are written as there are pairs
 */
export function joinKeys(
  first: usize,
  nFirst: u32,
  second: usize,
  nSecond: u32,
  nRows: u32,
  nOthers: u32,
  numbers: usize,
  firstRows: usize,
  totals: usize,
  slots: usize,
  slotBits: u32,
  pairs: usize,
): u32 {
  const radix = <u64>nSecond + 1;
  const universe = (<u64>nFirst + 1) * radix;
  if (universe <= (<u64>1) << (<u64>slotBits)) {
    return joinDirectly(first, second, radix, universe, nRows, nOthers, numbers, firstRows, totals, slots);
  }
  return joinHashed(first, second, radix, nRows, nOthers, numbers, firstRows, totals, slots, slotBits, pairs);
}

/** With a slot for every pair that there could be. */
function joinDirectly(
  first: usize,
  second: usize,
  radix: u64,
  universe: u64,
  nRows: u32,
  nOthers: u32,
  numbers: usize,
  firstRows: usize,
  totals: usize,
  slots: usize,
): u32 {
  // A slot holds the number of its pair plus 1; 0: none so far.
  memory.fill(slots, 0, <usize>universe << 2);
  let count: u32 = 0;
  for (let row: u32 = 0; row < nRows; row++) {
    const at = (<usize>row) << 2;
    const slot = slots + ((<usize>load<u32>(first + at) * <usize>radix + <usize>load<u32>(second + at)) << 2);
    let number = load<u32>(slot);
    if (number == 0) {
      number = open(count++, row, firstRows, totals);
      store<u32>(slot, number);
    }
    add(number - 1, numbers + at, totals);
  }
  for (let row = nRows, end = nRows + nOthers; row < end; row++) {
    const at = (<usize>row) << 2;
    const slot = slots + ((<usize>load<u32>(first + at) * <usize>radix + <usize>load<u32>(second + at)) << 2);
    const number = load<u32>(slot);
    store<u32>(numbers + at, number == 0 ? count : number - 1);
  }
  return count;
}

/** With slots that pairs are looked for in, from the one that their hash names on. */
function joinHashed(
  first: usize,
  second: usize,
  radix: u64,
  nRows: u32,
  nOthers: u32,
  numbers: usize,
  firstRows: usize,
  totals: usize,
  slots: usize,
  slotBits: u32,
  pairs: usize,
): u32 {
  memory.fill(slots, 0, (<usize>4) << slotBits);
  let count: u32 = 0;
  for (let row: u32 = 0; row < nRows; row++) {
    const at = (<usize>row) << 2;
    const pair = <u64>load<u32>(first + at) * radix + <u64>load<u32>(second + at);
    const slot = slotOf(pair, slots, slotBits, pairs);
    let number = load<u32>(slot);
    if (number == 0) {
      store<u64>(pairs + ((<usize>count) << 3), pair);
      number = open(count++, row, firstRows, totals);
      store<u32>(slot, number);
    }
    add(number - 1, numbers + at, totals);
  }
  for (let row = nRows, end = nRows + nOthers; row < end; row++) {
    const at = (<usize>row) << 2;
    const pair = <u64>load<u32>(first + at) * radix + <u64>load<u32>(second + at);
    const number = load<u32>(slotOf(pair, slots, slotBits, pairs));
    store<u32>(numbers + at, number == 0 ? count : number - 1);
  }
  return count;
}

/** The slot of a pair, or the free one that it would get. */
@inline
function slotOf(pair: u64, slots: usize, slotBits: u32, pairs: usize): usize {
  let hash = pair * GOLDEN_RATIO;
  hash = (hash ^ (hash >> 29)) * ODD;
  const mask = (<usize>4 << slotBits) - 1;
  let offset = <usize>(hash >> (64 - <u64>slotBits)) << 2;
  let number = load<u32>(slots + offset);
  while (number != 0 && load<u64>(pairs + ((<usize>(number - 1)) << 3)) != pair) {
    offset = (offset + 4) & mask;
    number = load<u32>(slots + offset);
  }
  return slots + offset;
}

/** Gives out the number `count`, and returns what its slot holds from now on. */
@inline
function open(count: u32, row: u32, firstRows: usize, totals: usize): u32 {
  store<u32>(firstRows + ((<usize>count) << 2), row);
  store<u32>(totals + ((<usize>count) << 2), 0);
  return count + 1;
}

@inline
function add(number: u32, at: usize, totals: usize): void {
  store<u32>(at, number);
  const total = totals + ((<usize>number) << 2);
  store<u32>(total, load<u32>(total) + 1);
}

/**
 * Does the same for one column, whose codes are numbers already: counts the rows of
 * each, and returns how many of them occur.
 *
 * @param totals u32[nCodes]
 * @param firstRows u32[nCodes], of those that occur
 */
export function countKeys(codes: usize, nCodes: u32, nRows: u32, firstRows: usize, totals: usize): u32 {
  memory.fill(totals, 0, (<usize>nCodes) << 2);
  let count: u32 = 0;
  for (let row: u32 = 0; row < nRows; row++) {
    const number = (<usize>load<u32>(codes + ((<usize>row) << 2))) << 2;
    const total = load<u32>(totals + number);
    if (total == 0) {
      store<u32>(firstRows + number, row);
      count++;
    }
    store<u32>(totals + number, total + 1);
  }
  return count;
}
