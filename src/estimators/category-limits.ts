/**
 * The longest category, in bytes of UTF-8: what is longer is text, not a
 * category. Of longer strings V8 hashes the length alone, so that many of them
 * would be looked up one after the other.
 */
export const MAX_CATEGORY_BYTES = 16_383;

/** The most categories of a feature. */
export const MAX_CATEGORIES = 2 ** 20;

/** The most bytes that the categories of a feature take together, in UTF-8: a loaded model has them in memory. */
export const MAX_FEATURE_BYTES = 64 * 2 ** 20;
