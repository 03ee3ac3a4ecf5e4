/** Takes secrets out of text that came from a log, before it goes anywhere else. */

const REDACTED = '[redacted]';

/** Looked at before the patterns run: some need more than linear time, and a log line may be a megabyte long. */
const SCANNED_MAX = 2_000;

/**
 * A name that a secret's value follows, in an environment, a header, a query or JSON, quoted or
 * escaped or neither.
 */
const SECRET_WORDS = [
  // `CannotPullContainerError: shop/checkout:7` has no one-time password in it.
  'password|passwd|passphrase|passcode|pwd|secret|token|otp(?!ull)|cvv|cvc',
  'api[_-]?key|private[_-]?key|access[_-]?key|auth[_-]?key|encryption[_-]?key|signing[_-]?key',
  'signature|credential|session|connection[_-]?string',
].join('|');
/** From the word on, for what stands before it stays anyway; and no longer, or a line of such words takes seconds. */
const SECRET_NAME = `(?:${SECRET_WORDS})[\\w-]{0,40}`;
const SEPARATOR = '\\\\?["\']?\\s*(?:=>|[:=])\\s*';
const VALUE =
  '(?:\\\\"(?:(?!\\\\").)*\\\\"|"(?:\\\\.|[^"\\\\])*"|\'(?:\\\\.|[^\'\\\\])*\'|[^\\s,;&}]+)';

/** Each pattern keeps what tells a reader which secret it was, and drops the secret. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]+-----.*?(?:-----END [A-Z ]+-----|$)/g, REDACTED],
  [/\beyJ[\w-]{8,}(?:\.[\w-]*){1,4}/g, REDACTED],
  [/(?:AKIA|ASIA)[A-Z0-9]{12,}/g, REDACTED],
  [/\bx(?:ox[a-z]|app)-[\w-]{6,}/g, REDACTED],
  [/\b(?:gh[pousr]_|github_pat_|glpat-|npm_|hf_|dop_v1_|shpat_|whsec_)[\w-]{10,}/g, REDACTED],
  [/gh[pousr]_[A-Za-z0-9]{30,}/g, REDACTED],
  [/\b(?:sk|rk|pk)[_-](?:live|test|proj|ant)[_-][\w-]{10,}/g, REDACTED],
  [/\bAIza[\w-]{30,}|\bya29\.[\w-]{10,}|\bSG\.[\w-]{10,}\.[\w-]{10,}/g, REDACTED],
  [/(?:https:\/\/)?hooks\.slack\.com\/\S+/g, REDACTED],
  [/\b((?:set-)?cookie\\?["']?\s*[:=]\s*).*/gi, `$1${REDACTED}`],
  [/\b(authorization\\?["']?\s*[:=]\s*\\?["']?digest\s).*/gi, `$1${REDACTED}`],
  [/\b(authorization\\?["']?\s*[:=]\s*)\\?["']?(?:[a-z]+\s+)?[^\s"',;}\\]+/gi, `$1${REDACTED}`],
  [/\b(bearer|basic)\s+(?=\S*[\d+/=_-])[\w.~+/=-]{6,}/gi, `$1 ${REDACTED}`],
  // A port is no password; all else up to the last @ of an address is, for one may hold any mark.
  [
    /\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/@]{0,200}):(?!\d{1,5}[/?#])[^\s"'<>]{1,500}@/gi,
    `$1:${REDACTED}@`,
  ],
  [new RegExp(`(${SECRET_NAME}${SEPARATOR})${VALUE}`, 'gi'), `$1${REDACTED}`],
  [new RegExp(`(\\b(?:pass|pin|key|jwt|dsn)${SEPARATOR})[\\w+/=.-]{40,}`, 'gi'), `$1${REDACTED}`],
  [new RegExp(`(\\b(?:pass|pin|jwt|dsn)=)${VALUE}`, 'gi'), `$1${REDACTED}`],
];

const MAIL = /[\w.+-]{1,64}@(?:[\w-]{1,63}\.)+[a-z]{2,24}\b/gi;

/** Contiguous digits, or groups as they are printed on a card; dates and times are neither. */
const CARD = /\b(?:\d{14,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}|\d{4}([ -])\d{6}\2\d{5})\b/g;

/** As terminals are told to show them; one may stand between a name and its value. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is the one that is looked for.
const COLOURS = /\u001b\[[\d;?]{0,30}[a-z]/gi;

/**
 * What no reader sees, and what turns the direction of reading. Taken out first: within a secret it would hide it from
 * the patterns.
 */
const UNSEEN = /[\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029]+/gu;

/** Half a character; what text is sent as has no bytes for it. */
const LONE = /\p{Cs}/gu;

/** @returns one line of at most `max` characters, without control characters and without what looks like a secret. */
export function redact(text: string, max = 300): string {
  const clean = withoutSecrets(text)
    .replace(MAIL, '[e-mail]')
    .replace(CARD, (digits) => (isCardNumber(digits) ? '[number]' : digits));
  return shorten(clean, max);
}

/** As {@link redact}, and addresses and numbers stay: for a person's name, and for what CloudWatch measured. */
export function redactSecrets(text: string, max: number): string {
  return shorten(withoutSecrets(text), max);
}

function withoutSecrets(text: string): string {
  const plain = text
    .slice(0, SCANNED_MAX)
    .replace(LONE, '\ufffd')
    .replace(COLOURS, '')
    .replace(UNSEEN, '')
    .replace(/\p{Cc}+/gu, ' ');
  return PATTERNS.reduce((line, [pattern, by]) => line.replace(pattern, by), plain);
}

function shorten(clean: string, max: number): string {
  if (clean.length <= max) return clean;
  return `${clean.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`;
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
