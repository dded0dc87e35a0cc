import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collector = (options?: { readonly type: 'minor' }) => void;

let collector: Collector | undefined;

/**
 * Collects this thread's garbage now: kernel memory is given back in no other way,
 * and V8, which sees a few small objects only, would not hurry.
 */
export function collectGarbage(): void {
  collectorOf()();
}

/**
 * Collects what has become garbage soon after it was made; it takes about half a
 * millisecond. V8 waits with that until there are megabytes of objects, even where
 * each of a few has a large buffer, and then collects all of the heap for it.
 */
export function collectYoungGarbage(): void {
  collectorOf()({ type: 'minor' });
}

function collectorOf(): Collector {
  if (collector === undefined) {
    // The collector is there for contexts that are made under this flag, which is one for all threads: it is not
    // taken back, since another thread may be between these two lines.
    setFlagsFromString('--expose-gc');
    collector = runInNewContext('gc') as Collector;
  }
  return collector;
}
