/**
 * A JSON document that ends with a newline. Times are ISO 8601, integers beyond
 * 2^53 strings, typed arrays plain ones.
 */
export function toJson(value: unknown): string {
  const text = JSON.stringify(
    value,
    (_key, each: unknown) => {
      if (typeof each === 'bigint') return String(each);
      return ArrayBuffer.isView(each) ? Array.from(each as unknown as ArrayLike<number>) : each;
    },
    2,
  );
  return `${text}\n`;
}
