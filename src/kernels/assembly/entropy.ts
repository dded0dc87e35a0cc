import { log2 } from './logarithm';

/** How many multiples the table holds; most weights of a growing tree are small whole numbers. */
export const TABLE_LENGTH: u32 = 4096;

/** Writes x log2(x) of the whole numbers below TABLE_LENGTH to `table` (f64). */
export function tabulateXlogx(table: usize): void {
  store<f64>(table, 0);
  for (let x: u32 = 1; x < TABLE_LENGTH; x++) store<f64>(table + ((<usize>x) << 3), <f64>x * log2(x));
}

/** x log2(x) of a whole number; 0 for 0. */
export function xlogx(x: f64, table: usize): f64 {
  return x < TABLE_LENGTH ? load<f64>(table + ((<usize>x) << 3)) : x * log2(x);
}
