/** What the memory of statistics depends on. */
export interface StatisticsSize {
  readonly nRows: number;
  /** Rows that are held out. */
  readonly nHeld: number;
  readonly nClasses: number;
  /** Of the columns that have statistics. */
  readonly nCategories: readonly number[];
  /** The most columns of a projection; tests count as one. */
  readonly complexity: number;
}

/** The statistics that stand side by side: one of each prior, and the Counter or nothing. */
export const LANES = 4;
export const COUNTER_LANE = 3;
export const PRIORS = [0, 0.5, 1] as const;

/** The most keys that a projection can have. */
export function maxKeys({ nRows, nCategories }: Pick<StatisticsSize, 'nRows' | 'nCategories'>): number {
  return Math.max(nRows, ...nCategories);
}

/** The bytes of the tiles of a projection. */
export function tileBytes(nRows: number, nClasses: number): number {
  return (nClasses - 1) * LANES * nRows;
}
