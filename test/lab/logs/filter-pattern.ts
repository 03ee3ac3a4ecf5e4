/**
 * CloudWatch Logs filter patterns, as far as the lab speaks them: terms, phrases, and JSON
 * conditions.
 *
 * Anything else is refused: a pattern that quietly matched everything would turn a wrong query into
 * a right answer.
 */
import { parseJsonPattern } from './json-pattern.ts';
import { PatternError } from './pattern-error.ts';

/** Whether a message matches; never throws. */
export type Matcher = (message: string) => boolean;

interface Term {
  readonly sign: '' | '?' | '-';
  readonly text: string;
}

const SPOKEN = 'words, "phrases", ?alternatives, -exclusions or { $.field = value }';
const TERM = /\s*([?-]?)(?:"((?:[^"\\]|\\.)*)"|([A-Za-z0-9_]+))(?=\s|$)/y;

/** Reads a pattern once, to be used on many messages. @throws PatternError naming what was got. */
export function parseFilterPattern(pattern: string): Matcher {
  const text = pattern.trim();
  if (text === '') return () => true;
  if (text.startsWith('{')) return parseJsonPattern(text);
  return matchTerms(readTerms(text));
}

function readTerms(text: string): readonly Term[] {
  const terms: Term[] = [];
  TERM.lastIndex = 0;
  while (TERM.lastIndex < text.length) {
    const start = TERM.lastIndex;
    const [, sign, quoted, bare] = TERM.exec(text) ?? [];
    if (sign === undefined) {
      const got = text.slice(start).trim();
      throw new PatternError(`filterPattern: got ${got}, want ${SPOKEN}`);
    }
    const term = quoted === undefined ? (bare ?? '') : quoted.replace(/\\(.)/g, '$1');
    terms.push({ sign: sign as Term['sign'], text: term });
  }
  return terms;
}

function matchTerms(terms: readonly Term[]): Matcher {
  const optional = terms.filter(({ sign }) => sign === '?').map(({ text }) => text);
  const excluded = terms.filter(({ sign }) => sign === '-').map(({ text }) => text);
  const required = terms.filter(({ sign }) => sign === '').map(({ text }) => text);
  if (optional.length > 0 && optional.length < terms.length) {
    // AWS ignores the alternatives here, which nobody who writes them means.
    throw new PatternError(
      'filterPattern: got ?alternatives among other terms, want only one kind',
    );
  }
  return (message) =>
    required.every((text) => message.includes(text)) &&
    !excluded.some((text) => message.includes(text)) &&
    (optional.length === 0 || optional.some((text) => message.includes(text)));
}
