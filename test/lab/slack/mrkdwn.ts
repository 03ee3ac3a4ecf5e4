/** Slack's mrkdwn: what is wrong with a text, and how it reads. */
import { EMOJI } from './emoji.ts';

export type AccentColor = 'green' | 'yellow' | 'red' | 'blue' | 'gray';

/** How a run of text looks; mrkdwn itself knows all but the last two kinds. */
export type SpanStyle =
  | 'bold'
  | 'italic'
  | 'strike'
  | 'code'
  | 'link'
  | 'mention'
  | 'dim'
  | AccentColor;

/** A run of text in one look. */
export interface Span {
  readonly text: string;
  readonly styles: readonly SpanStyle[];
  /** Where a link leads. */
  readonly url?: string;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>' };
// A quote starts its line with a bare `>`, which Slack allows; everywhere else it has to be
// escaped.
const QUOTE = /^(?:>{3}|>) ?/;
const CONTROL =
  /<(?:(?:https?|mailto|tel):[^\s<>|]+(?:\|[^<>|]+)?|[@#][A-Z0-9]+(?:\|[^<>|]+)?|![a-z][^<>]*)>/g;
const DATE = /^!date\^(\d+)\^([^^|]+)(?:\^([^|]+))?\|(.+)$/s;

/**
 * Says why a text would not read as meant, or `undefined`: a stray `&`, `<` or `>`, or a control
 * that Slack ignores.
 */
export function mrkdwnProblem(text: string): string | undefined {
  for (const [control] of text.matchAll(CONTROL)) {
    if (control.startsWith('<!date') && !DATE.test(control.slice(1, -1))) {
      return `date without time, format or fallback: ${control}`;
    }
  }
  for (const line of text.replaceAll(CONTROL, '').split('\n')) {
    const rest = line.replace(QUOTE, '').replaceAll(/&(?:amp|lt|gt);/g, '');
    const stray = /[&<>]/.exec(rest);
    if (stray) return `unescaped ${stray[0]} in: ${line}`;
  }
  return undefined;
}

/** Emoji short codes to glyphs; what Slack's standard set does not have stays as it is. */
export function withEmoji(text: string): string {
  return text.replaceAll(/:([a-z0-9_+-]+):/g, (code, name: string) => EMOJI[name] ?? code);
}

export interface ReadOptions {
  /** IANA zone of the reader. @default - the zone of the machine */
  readonly timeZone?: string | undefined;
}

/** One line of mrkdwn as spans; entities unescaped, dates in the reader's zone. */
export function readLine(line: string, options: ReadOptions = {}): Span[] {
  return read(line, [], options);
}

// The order is the precedence: code wins over everything, a control over emphasis.
const TOKEN = /`([^`]+)`|<([^<>]+)>|(?<![\p{L}\p{N}])([*_~])(?=\S)(.+?)(?<=\S)\3(?![\p{L}\p{N}])/gu;
const EMPHASIS = { '*': 'bold', _: 'italic', '~': 'strike' } as const;

function read(text: string, styles: readonly SpanStyle[], options: ReadOptions): Span[] {
  const spans: Span[] = [];
  let end = 0;
  const plain = (part: string) => {
    if (part !== '') spans.push({ text: withEmoji(unescaped(part)), styles });
  };
  for (const match of text.matchAll(TOKEN)) {
    plain(text.slice(end, match.index));
    end = match.index + match[0].length;
    const [, code, control, mark, inner] = match;
    if (code !== undefined) spans.push({ text: unescaped(code), styles: [...styles, 'code'] });
    else if (control !== undefined) spans.push(readControl(control, styles, options));
    else if (inner !== undefined) {
      const style = EMPHASIS[mark as keyof typeof EMPHASIS];
      spans.push(...read(inner, [...styles, style], options));
    }
  }
  plain(text.slice(end));
  return spans;
}

function readControl(control: string, styles: readonly SpanStyle[], options: ReadOptions): Span {
  const date = DATE.exec(control);
  if (date) {
    const [, seconds, format = '', url, fallback = ''] = date;
    const text = formatDate(Number(seconds), unescaped(format), options.timeZone) ?? fallback;
    return url === undefined ? { text, styles } : { text, styles: [...styles, 'link'], url };
  }
  const [target = '', label] = control.split('|');
  if (target.startsWith('@') || target.startsWith('#')) {
    const name = label === undefined ? target : `${target[0]}${label}`;
    return { text: unescaped(name), styles: [...styles, 'mention'] };
  }
  if (target.startsWith('!')) {
    return { text: label ?? `@${target.slice(1)}`, styles: [...styles, 'mention'] };
  }
  const url = unescaped(target);
  return { text: withEmoji(unescaped(label ?? target)), styles: [...styles, 'link'], url };
}

/** Slack's three entities as the characters they stand for. */
export function unescaped(text: string): string {
  return text.replaceAll(/&(amp|lt|gt);/g, (_, name: string) => ENTITIES[name] ?? '');
}

const TIME = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const LONG = { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' } as const;
const DATE_TOKENS: Readonly<Record<string, Intl.DateTimeFormatOptions>> = {
  date: { day: 'numeric', month: 'long', year: 'numeric' },
  date_pretty: { day: 'numeric', month: 'long', year: 'numeric' },
  date_short: { day: 'numeric', month: 'short', year: 'numeric' },
  date_short_pretty: { day: 'numeric', month: 'short', year: 'numeric' },
  date_long: LONG,
  date_long_pretty: LONG,
  time: TIME,
  time_secs: { ...TIME, second: '2-digit' },
};

/** `undefined` when the format has a token that Slack does not know: it shows the fallback then. */
function formatDate(seconds: number, format: string, timeZone?: string): string | undefined {
  const instant = new Date(seconds * 1_000);
  const zone = timeZone === undefined ? {} : { timeZone };
  const render = (name: string): string | undefined => {
    // ISO order, which no locale of Intl writes but the Swedish one.
    if (name === 'date_num') return new Intl.DateTimeFormat('sv-SE', zone).format(instant);
    const options = DATE_TOKENS[name];
    return options && new Intl.DateTimeFormat('en-GB', { ...options, ...zone }).format(instant);
  };
  const names = [...format.matchAll(/\{([a-z_]+)\}/g)].map(([, name = '']) => name);
  if (names.some((name) => render(name) === undefined)) return undefined;
  return format.replaceAll(/\{([a-z_]+)\}/g, (_, name: string) => render(name) ?? '');
}

/** Whether a line of mrkdwn is quoted, and what is quoted. */
export function readQuote(line: string): { isQuote: boolean; text: string } {
  const match = /^(?:&gt;|>) ?/.exec(line);
  return match
    ? { isQuote: true, text: line.slice(match[0].length) }
    : { isQuote: false, text: line };
}
