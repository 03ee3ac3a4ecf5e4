/** Slack's markup rules: what must be escaped, and how long a text may be. */

/**
 * What no reader should get from a text that we did not write: control characters, which some clients refuse, marks
 * that end a line unseen, those that take no room, and those that turn the direction of reading: they make one word
 * look like another.
 */
const UNSEEN = /[^\P{Cc}\n\t]|[\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu;

/** `&`, `<` and `>` are Slack's control characters; everything that we did not write ourselves goes through here. */
export function escapeText(text: string): string {
  return text
    .toWellFormed()
    .replace(UNSEEN, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** As {@link escapeText}, and without the markup characters that would format or mention. */
export function plain(text: string): string {
  return escapeText(text).replace(/[*_~`]/g, (mark) => `${mark}\u200b`);
}

/** For what is shown where an address would become a link by itself. */
export function inert(text: string): string {
  return text.replaceAll('://', ':\u200b//');
}

/** @returns as {@link plain}, and at most `max` characters. */
export function shown(text: string, max: number): string {
  // A log line may be a megabyte; what is cut off below need not be escaped first.
  return cut(plain(text.slice(0, max + 1)), max);
}

/** Lines from a log as a block; a fence inside them cannot end it. */
export function codeBlock(lines: readonly string[], max: number): string {
  const body = lines
    .map((line) => escapeText(line.slice(0, max)).replaceAll('```', "'''").replaceAll('\n', ' '))
    .join('\n');
  return `\`\`\`${cut(body, max - 6)}\`\`\``;
}

/** @returns at most `max` characters, never ending inside an escaped character, a link or a time. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const kept = text
    .slice(0, Math.max(0, max - 1))
    .replace(/[\ud800-\udbff]$/, '')
    .replace(/&[a-z]{0,4}$/, '')
    .replace(/<[^<>]*$/, '');
  return `${kept.trimEnd()}…`;
}

/** A time as the reader's Slack shows it in the reader's own zone. */
export function localTime(at: number): string {
  return localDate(at, '{time_secs}', `${new Date(at).toISOString().slice(11, 19)} UTC`);
}

/** A day, in the same way. */
export function localDay(at: number): string {
  return localDate(at, '{date_short}', new Date(at).toISOString().slice(0, 10));
}

function localDate(at: number, format: string, fallback: string): string {
  return `<!date^${Math.floor(at / 1_000)}^${format}|${fallback}>`;
}

/** A link, or nothing where there is no address. */
export function link(url: string, label: string): string {
  return `<${escapeText(url)}|${escapeText(label).replaceAll('|', '/')}>`;
}
