import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How much later than it should a timer of a millisecond came, in milliseconds. */
export interface LoopDelay {
  readonly p50: number;
  readonly p999: number;
  readonly most: number;
  /** How often it came. */
  readonly count: number;
}

const RESOLUTION_MS = 1;
const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

/** Begins to watch this thread's event loop, anew. */
export function watchLoop(): void {
  histogram.reset();
  histogram.enable();
}

/** What has been seen since then; the watch ends. */
export function loopDelay(): LoopDelay {
  histogram.disable();
  // The histogram has the times from one timer to the next, in nanoseconds.
  const late = (ns: number) => Math.max(0, ns / 1e6 - RESOLUTION_MS);
  return {
    p50: late(histogram.percentile(50)),
    p999: late(histogram.percentile(99.9)),
    most: late(histogram.max),
    count: histogram.count,
  };
}
