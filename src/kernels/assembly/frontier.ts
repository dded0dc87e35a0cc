import { copyWords } from './blocks';
import { Growth, Pending, Split } from './growth';

// A candidate is its gain (f64), its node (Pending) and its split (Split).
const NODE: usize = 8;
const SPLIT: usize = NODE + offsetof<Pending>();
export const CANDIDATE_BYTES: usize = SPLIT + offsetof<Split>();

/** Has the current node wait with its best split, in a heap whose root has the largest gain. */
export function pushCandidate(g: Growth, gain: f64): void {
  // The place of the hole that the candidate will fill.
  let place = g.nFrontier++;
  const node = g.current.node;
  while (place > 0) {
    const parent = (place - 1) >> 1;
    if (!comesFirst(gain, node, at(g, parent))) break;
    copyWords(at(g, place), at(g, parent), CANDIDATE_BYTES);
    place = parent;
  }
  const hole = at(g, place);
  store<f64>(hole, gain);
  copyWords(hole + NODE, changetype<usize>(g.current), offsetof<Pending>());
  copyWords(hole + SPLIT, changetype<usize>(g.best), offsetof<Split>());
}

/** Makes the candidate of the largest gain the current node and split, and returns its gain. */
export function popCandidate(g: Growth): f64 {
  const root = at(g, 0);
  const gain = load<f64>(root);
  copyWords(changetype<usize>(g.current), root + NODE, offsetof<Pending>());
  copyWords(changetype<usize>(g.best), root + SPLIT, offsetof<Split>());
  const last = at(g, --g.nFrontier);
  const lastGain = load<f64>(last);
  const lastNode = load<u32>(last + NODE);
  let place: u32 = 0;
  for (;;) {
    let child: u32 = 2 * place + 1;
    if (child >= g.nFrontier) break;
    if (child + 1 < g.nFrontier) {
      const right = at(g, child + 1);
      if (comesFirst(load<f64>(right), load<u32>(right + NODE), at(g, child))) child++;
    }
    if (comesFirst(lastGain, lastNode, at(g, child))) break;
    copyWords(at(g, place), at(g, child), CANDIDATE_BYTES);
    place = child;
  }
  copyWords(at(g, place), last, CANDIDATE_BYTES);
  return gain;
}

/** Of equal gains, the older node comes first, so that the order is the same everywhere. */
function comesFirst(gain: f64, node: u32, other: usize): bool {
  const otherGain = load<f64>(other);
  return gain > otherGain || (gain == otherGain && node < load<u32>(other + NODE));
}

function at(g: Growth, candidate: u32): usize {
  return g.frontier + <usize>candidate * CANDIDATE_BYTES;
}
