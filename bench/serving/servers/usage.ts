/** What a process has used so far. */
export interface Usage {
  /** Milliseconds of processor time, of all its threads, in itself and in the kernel. */
  readonly cpuMs: number;
  readonly residentBytes: number;
  /** The most that was ever resident. */
  readonly peakBytes: number;
}

/** What this process has used so far. */
export function usageOfThis(): Usage {
  const { user, system } = process.cpuUsage();
  return {
    cpuMs: (user + system) / 1000,
    residentBytes: process.memoryUsage.rss(),
    peakBytes: process.resourceUsage().maxRSS * 1024,
  };
}
