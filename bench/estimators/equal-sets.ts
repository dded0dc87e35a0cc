/** How many groups of `size` numbers have the same members in `a` as in `b`, in whichever order. */
export function countEqualSets(a: Int32Array, b: Int32Array, size: number): number {
  let count = 0;
  for (let from = 0; from < a.length; from += size) {
    const [own, other] = [a, b].map((all) => all.slice(from, from + size).toSorted());
    if (own.every((value, i) => value === other[i])) count++;
  }
  return count;
}
