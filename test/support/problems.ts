/** Training data of a Fit in proto3 JSON. */
export interface Problem {
  readonly x: { readonly rows: readonly { readonly values: number[] }[] };
  readonly y: { readonly strings: string[] };
}

/** Classes a, b, … around the corners 0, 1, … of a space: any estimator tells them apart. */
export function blobs({ classes = 3, perClass = 10, features = 2, spread = 0.2 } = {}): Problem {
  const random = lcg(1);
  const rows: { values: number[] }[] = [];
  const strings: string[] = [];
  for (let i = 0; i < classes * perClass; i++) {
    const label = i % classes;
    rows.push({ values: Array.from({ length: features }, () => label + spread * (random() - 0.5)) });
    strings.push(String.fromCharCode('a'.charCodeAt(0) + label));
  }
  return { x: { rows }, y: { strings } };
}

/** Fits in no time. */
export const quick = { kNeighborsClassifier: { nNeighbors: 1 } };

/** Goes on for longer than any test on a few hundred rows, unless it is cancelled: the slower engine, and many trees. */
export const endless = { randomForestClassifier: { engine: 'ENGINE_MLJS', nEstimators: 100_000 } };

/** Numbers in [0, 1), the same in every run (Numerical Recipes, section 7.1). */
export function lcg(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
