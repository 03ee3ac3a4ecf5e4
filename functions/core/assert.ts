/** A state the program promises cannot happen; reaching it is a bug and ends the invocation. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
  readonly code = 'invariant';
}

/** @throws InvariantError when the condition is false. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/** Makes the compiler prove that a switch is complete. */
export function unreachable(value: never): never {
  throw new InvariantError(`unreachable value: ${JSON.stringify(value)}`);
}
