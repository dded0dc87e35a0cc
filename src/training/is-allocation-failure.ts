/** What V8 throws when an array is too large for it, or for the machine. */
export function isAllocationFailure(error: unknown): error is RangeError {
  return (
    error instanceof RangeError && /allocation failed|Invalid (typed )?array (buffer )?length/i.test(error.message)
  );
}
