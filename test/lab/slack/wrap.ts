/** Fits spans into lines of a terminal, by the columns they take and not by their characters. */
import type { Span } from './mrkdwn.ts';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const WIDE =
  /\p{Emoji_Presentation}|\uFE0F|[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60]/u;

/** Columns that a text takes: emoji and East Asian characters take two. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

export function spansWidth(spans: readonly Span[]): number {
  return spans.reduce((sum, { text }) => sum + displayWidth(text), 0);
}

/**
 * Breaks at spaces, and inside a word only when it is longer than a line; later lines get `hang`
 * spaces.
 */
export function wrapSpans(spans: readonly Span[], width: number, hang = 0): Span[][] {
  const lines: Span[][] = [];
  const indent: Span = { text: ' '.repeat(hang), styles: [] };
  let line: Span[] = [];
  let used = 0;
  const newLine = () => {
    lines.push(trimEnd(line));
    line = hang > 0 ? [indent] : [];
    used = hang;
  };
  for (const word of spans.flatMap(words)) {
    const isSpace = word.text.trim() === '';
    if (isSpace && lines.length > 0 && used === hang) continue;
    if (used > hang && !isSpace && used + displayWidth(word.text) > width) newLine();
    for (const piece of pieces(word, Math.max(width - hang, 1))) {
      const columns = displayWidth(piece.text);
      if (used > hang && used + columns > width) newLine();
      line.push(piece);
      used += columns;
    }
  }
  lines.push(trimEnd(line));
  return lines;
}

function words(span: Span): Span[] {
  // Not \s: a no-break space holds its word together.
  return (span.text.match(/[ \t]+|[^ \t]+/g) ?? []).map((text) => ({ ...span, text }));
}

function pieces(word: Span, width: number): Span[] {
  if (displayWidth(word.text) <= width) return [word];
  const parts: string[] = [];
  let part = '';
  for (const { segment } of graphemes.segment(word.text)) {
    if (displayWidth(part + segment) > width) {
      parts.push(part);
      part = '';
    }
    part += segment;
  }
  return [...parts, part].map((text) => ({ ...word, text }));
}

/** Drops the space at the end, and joins what the words of one span fell apart into. */
function trimEnd(line: readonly Span[]): Span[] {
  const end = line.findLastIndex(({ text }) => text.trim() !== '');
  const joined: Span[] = [];
  for (const span of line.slice(0, end + 1)) {
    const last = joined.at(-1);
    if (last && last.styles === span.styles && last.url === span.url) {
      joined[joined.length - 1] = { ...last, text: last.text + span.text };
    } else {
      joined.push(span);
    }
  }
  return joined;
}
