import { readFileSync } from 'node:fs';

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
    peakBytes: peakBytes(),
  };
}

function peakBytes(): number {
  // Where there is /proc; the other figure begins with that of the process that has started this one.
  if (process.platform === 'linux') {
    const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  }
  return process.resourceUsage().maxRSS * 1024;
}
