/**
 * Rows with the categories of some columns as estimators get them: numbered by
 * falling frequency, and of equally frequent ones the lower value first.
 */
export function codesByFrequency(
  rows: readonly (readonly number[])[],
  columns: readonly number[],
): { rows: number[][]; nCategories: Uint32Array } {
  const nCategories = new Uint32Array(rows[0].length);
  const codes = new Map(
    columns.map((column) => {
      const counts = new Map<number, number>();
      for (const { [column]: value } of rows) {
        if (!Number.isNaN(value)) counts.set(value, (counts.get(value) ?? 0) + 1);
      }
      const order = [...counts].toSorted(([a, nA], [b, nB]) => nB - nA || a - b);
      nCategories[column] = order.length;
      return [column, new Map(order.map(([value], code) => [value, code]))];
    }),
  );
  return {
    rows: rows.map((row) =>
      row.map((value, column) => codes.get(column)?.get(value) ?? (codes.has(column) ? NaN : value)),
    ),
    nCategories,
  };
}
