/** A filter pattern the lab does not speak, or nobody does. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}
