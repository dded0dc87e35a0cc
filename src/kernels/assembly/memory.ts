/** The first address that belongs to the caller: what lies below is the module's own. */
export function heapBase(): usize {
  return __heap_base;
}
