/** Adds `value` to the scores (f32) of `rows` (u32[count]): what a leaf adds to those of its rows. */
export function addToScores(scores: usize, rows: usize, count: u32, value: f32): void {
  for (let end = rows + ((<usize>count) << 2); rows < end; rows += 4) {
    const score = scores + ((<usize>load<u32>(rows)) << 2);
    store<f32>(score, load<f32>(score) + value);
  }
}
