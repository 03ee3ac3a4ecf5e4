/** How bad input is shown to who sent it: short, and without what looks like a secret. */
import { redact } from './redact.ts';

/** Longest piece of bad input that an error shows. */
const SHOWN_MAX = 80;
/** More than is shown, so that no secret loses its beginning or its end before it is known as one. */
const LOOKED_AT_MAX = 300;
/** More mistakes than a person mends before looking again. */
const PROBLEMS_MAX = 10;
/** A healer may guard a thousand services. */
const NAMES_MAX = 5;

/** @returns JSON of the value, cut and redacted; for what has no JSON, a word. */
export function showInput(value: unknown): string {
  try {
    const text = JSON.stringify(value) as string | undefined;
    return text === undefined ? 'nothing' : shortenInput(text);
  } catch {
    // Too deep for the stack.
    return Array.isArray(value) ? 'a list' : 'an object';
  }
}

/** For a text that is to be shown as it is, such as a field's name. */
export function shortenInput(text: string): string {
  return redact(text.slice(0, LOOKED_AT_MAX)).slice(0, SHOWN_MAX);
}

/** All problems in one line, or the first of too many. */
export function listProblems(problems: readonly string[]): string {
  const rest = problems.length - PROBLEMS_MAX;
  const shown = problems.slice(0, PROBLEMS_MAX).join('; ');
  return rest > 0 ? `${shown}; and ${rest} more` : shown;
}

/** Names of more things than a person reads: the first, and how many there are besides. */
export function listNames(names: readonly string[]): string {
  const rest = names.length - NAMES_MAX;
  const shown = names.slice(0, NAMES_MAX).join(', ');
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}
