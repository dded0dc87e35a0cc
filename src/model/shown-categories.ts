import type { Categories } from './categories.js';

/** The most categories of a feature that a model's description shows. */
export const MAX_SHOWN = 1000;
/** The most bytes of them for all features, who share them equally: by default clients take messages of 4 MiB. */
export const MAX_SHOWN_BYTES = 2 ** 20;

/** What the wire adds to a category. */
const WIRE_BYTES = 4;

/** The first categories of a feature as text: as many as are shown where `nFeatures` are categorical. */
export function shownCategories({ values }: Categories, nFeatures: number): string[] {
  const shown: string[] = [];
  let bytes = 0;
  for (let i = 0; i < Math.min(values.length, MAX_SHOWN); i++) {
    const category = String(values[i]);
    bytes += Buffer.byteLength(category) + WIRE_BYTES;
    if (bytes > MAX_SHOWN_BYTES / nFeatures) break;
    shown.push(category);
  }
  return shown;
}
