/** Takes secrets out of text that came from a log, before it goes anywhere else. */

const REDACTED = '[redacted]';

/** Looked at before the patterns run: some need more than linear time, and a log line may be a megabyte long. */
const SCANNED_MAX = 2_000;

/**
 * A name that a secret's value follows, in an environment, a header, a query or JSON, quoted or
 * escaped or neither.
 */
const SECRET_WORDS = [
  'password|passwd|passphrase|pwd|secret|token',
  'api[_-]?key|private[_-]?key|signature|credential|session',
].join('|');
const SECRET_NAME = `[\\w-]*(?:${SECRET_WORDS})[\\w-]*`;
const SEPARATOR = '\\\\?["\']?\\s*(?:=>|[:=])\\s*';
const VALUE =
  '(?:\\\\"(?:(?!\\\\").)*\\\\"|"(?:\\\\.|[^"\\\\])*"|\'(?:\\\\.|[^\'\\\\])*\'|[^\\s,;&}]+)';

/** Each pattern keeps what tells a reader which secret it was, and drops the secret. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]+-----.*?(?:-----END [A-Z ]+-----|$)/g, REDACTED],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, REDACTED],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b/g, REDACTED],
  [/\bxox[a-z]-[\w-]{6,}/g, REDACTED],
  [/\b(?:gh[pousr]_|github_pat_|sk_live_|rk_live_)\w{10,}/g, REDACTED],
  [/(?:https:\/\/)?hooks\.slack\.com\/\S+/g, REDACTED],
  [/\b((?:set-)?cookie\\?["']?\s*[:=]\s*).*/gi, `$1${REDACTED}`],
  [/\b(authorization\\?["']?\s*[:=]\s*)\\?["']?(?:[a-z]+\s+)?[^\s"',;}\\]+/gi, `$1${REDACTED}`],
  [/\b(bearer|basic)\s+(?=\S*[\d+/=_-])[\w.~+/=-]{6,}/gi, `$1 ${REDACTED}`],
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/@]*):[^\s@/]+@/gi, `$1:${REDACTED}@`],
  [new RegExp(`(["']?${SECRET_NAME}${SEPARATOR})${VALUE}`, 'gi'), `$1${REDACTED}`],
  [/[\w.+-]{1,64}@(?:[\w-]{1,63}\.)+[a-z]{2,24}\b/gi, '[e-mail]'],
];

/** Contiguous digits, or groups as they are printed on a card; dates and times are neither. */
const CARD = /\b(?:\d{14,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}|\d{4}([ -])\d{6}\2\d{5})\b/g;

/** @returns one line of at most `max` characters, without control characters and without what looks like a secret. */
export function redact(text: string, max = 300): string {
  const plain = text.slice(0, SCANNED_MAX).replace(/\p{Cc}+/gu, ' ');
  const named = PATTERNS.reduce((line, [pattern, by]) => line.replace(pattern, by), plain);
  const clean = named.replace(CARD, (digits) => (isCardNumber(digits) ? '[number]' : digits));
  return clean.length <= max ? clean : `${clean.slice(0, max - 1)}…`;
}

/** Luhn's check digit: what tells a card number from an order number. */
function isCardNumber(text: string): boolean {
  const digits = [...text.replace(/\D/g, '')].map(Number).reverse();
  const sum = digits.reduce((total, digit, index) => {
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return sum % 10 === 0;
}
