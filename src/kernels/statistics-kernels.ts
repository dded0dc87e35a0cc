/** The kernels of target statistics; each is documented in its file under `assembly/`. */
export interface StatisticsKernels {
  // tuple-keys.ts
  joinKeys(
    first: number,
    nFirst: number,
    second: number,
    nSecond: number,
    nRows: number,
    nOthers: number,
    numbers: number,
    firstRows: number,
    totals: number,
    slots: number,
    slotBits: number,
    pairs: number,
  ): number;
  countKeys(codes: number, nCodes: number, nRows: number, firstRows: number, totals: number): number;
  // target-statistics.ts
  countersOf(totals: number, nKeys: number, counters: number): void;
  startCounts(counters: number, nKeys: number, nClasses: number, words: number): void;
  addCounts(keys: number, labels: number, nRows: number, nClasses: number, words: number): void;
  orderedStatistics(
    keys: number,
    labels: number,
    nRows: number,
    nClasses: number,
    runs: number,
    nRuns: number,
    runRows: number,
    words: number,
    bins: number,
  ): void;
  countedStatistics(keys: number, nRows: number, nClasses: number, words: number, bins: number): void;
  // tuple-hashes.ts
  hashTuples(digits: number, nDigits: number, rows: number, n: number, salt: number, hashes: number): void;
  orderTuples(hashes: number, n: number, bits: number, starts: number, order: number): void;
  commonBits(hashes: number, order: number, n: number): number;
  tagTuples(hashes: number, order: number, n: number, bits: number, sizes: number, tags: number): number;
  // statistic-tables.ts
  lookUpStatistics(tables: number, nTables: number, nRows: number, truths: number, hashes: number, found: number): void;
  packEntries(
    bins: number,
    nStatistics: number,
    order: number,
    nTuples: number,
    absent: number,
    entries: number,
  ): number;
}
