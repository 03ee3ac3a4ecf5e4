/** How a cause is told: quotations that are short and clean, counts and lists. */
import type { CauseInput } from './cause.ts';
import { redact } from './redact.ts';

const EVIDENCE_MAX = 3;
const QUOTE_MAX = 200;
/** Of the beginning, when what matters stands further back. */
const HEAD_MAX = 70;
/** AWS's longest reasons are shorter; whatever is longer is not worth reading. */
const SCANNED_MAX = 2_000;

/** @returns the text, redacted and at most 200 characters long, cut so that what the pattern found is in it. */
export function quote(text: string, pattern?: RegExp): string {
  const clean = redact(text, SCANNED_MAX).trim();
  if (clean.length <= QUOTE_MAX) return clean;
  const at = pattern === undefined ? -1 : clean.search(pattern);
  const tail = QUOTE_MAX - HEAD_MAX - 3;
  if (at < HEAD_MAX + 3) return `${clean.slice(0, QUOTE_MAX - 1)}…`;
  const from = Math.max(HEAD_MAX, Math.min(at - 20, clean.length - tail));
  const end = from + tail < clean.length ? '…' : '';
  return `${clean.slice(0, HEAD_MAX)} … ${clean.slice(from, from + tail - end.length)}${end}`;
}

/** Different texts only, at most three; in the order of the alphabet, so that the order of the tasks is not in it. */
export function evidenceOf(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)]
    .filter((text) => text !== '')
    .toSorted()
    .slice(0, EVIDENCE_MAX);
}

/** `1 task`, `3 tasks`. */
export function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listOf(items: readonly string[]): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`;
}

/** The different values, in order. */
export function distinct<T extends string | number>(values: readonly T[]): readonly T[] {
  return [...new Set(values)].toSorted((a, b) => (a < b ? -1 : 1));
}

/** Of a line as the reader gives it: what the logger put before the message. */
const LEVEL = /^\s*(?:trace|debug|info|warn|warning|error|fatal|critical)\b:?\s+/i;

/** What a log line says, without its level. */
export function messageOf(line: string): string {
  return line.replace(LEVEL, '').trim();
}

/** All lines that were read of a task. */
export function linesOf({ lines }: CauseInput, taskId: string): readonly string[] {
  const own = lines.filter((entry) => entry.taskId === taskId);
  return own.flatMap((entry) => [...entry.lines, ...(entry.recent ?? [])]);
}

/** Whether a line complains of something: an answer of `404` does not. */
export function isComplaint(line: string): boolean {
  return /\berror\b|exception|fatal|panic|\bfail(?:ed|ures?|s)?\b|refused|timed out/i.test(line);
}
