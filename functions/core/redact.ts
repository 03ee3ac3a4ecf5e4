/** Takes secrets out of text that came from a log, before it goes anywhere else. */

const REDACTED = '[redacted]';

/** Each pattern keeps what tells a reader which secret it was, and drops the secret. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, REDACTED],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b/g, REDACTED],
  [/\bxox[a-z]-[\w-]{6,}/g, REDACTED],
  [/\bgh[pousr]_\w{16,}/g, REDACTED],
  [/https:\/\/hooks\.slack\.com\/\S+/g, REDACTED],
  [/\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${REDACTED}`],
  [/([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s@/]+@/gi, `$1:${REDACTED}@`],
  [
    /(["']?[\w-]*(?:password|passwd|pwd|secret|token|api[_-]?key|authorization|cookie|session)[\w-]*["']?\s*[:=]\s*)("[^"]*"|'[^']*'|[^\s,;&}]+)/gi,
    `$1${REDACTED}`,
  ],
  [/[\w.+-]+@[\w-]+\.[\w.-]+\w/g, '[e-mail]'],
  [/\b(?:\d[ -]?){13,19}\b/g, '[number]'],
];

/** @returns one line of at most `max` characters, without control characters and without what looks like a secret. */
export function redact(text: string, max = 300): string {
  const plain = text.replace(/\p{Cc}+/gu, ' ');
  const clean = PATTERNS.reduce((line, [pattern, by]) => line.replace(pattern, by), plain);
  return clean.length <= max ? clean : `${clean.slice(0, max - 1)}…`;
}
