/** A state the program promises cannot happen; reaching it is a bug and ends the invocation. */
class InvariantError extends Error {
  override readonly name = 'InvariantError';
  readonly code = 'invariant';
}

/** @throws InvariantError when the condition is false. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}
