import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | undefined;

/**
 * Collects this thread's garbage now: kernel memory is given back in no other way,
 * and V8, which sees a few small objects only, would not hurry.
 */
export function collectGarbage(): void {
  if (collect === undefined) {
    // The collector is there for contexts that are made under this flag.
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
    setFlagsFromString('--no-expose-gc');
  }
  collect();
}
