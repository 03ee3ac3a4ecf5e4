/** Slack's markup rules: what must be escaped, and how long a text may be. */

/** `&`, `<` and `>` are Slack's control characters; everything that we did not write ourselves goes through here. */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** As {@link escapeText}, and without the markup characters that would format or mention. */
export function plain(text: string): string {
  return escapeText(text).replace(/[*_~`]/g, (mark) => `${mark}\u200b`);
}

/** Lines from a log as a block; a fence inside them cannot end it. */
export function codeBlock(lines: readonly string[], max: number): string {
  const body = lines.map((line) => escapeText(line.replaceAll('```', "'''"))).join('\n');
  return `\`\`\`${cut(body, max - 6)}\`\`\``;
}

/** @returns at most `max` characters, never ending inside an escaped character. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  return `${text.slice(0, max - 1).replace(/&[a-z]{0,4}$/, '')}…`;
}

/** A time as the reader's Slack shows it in the reader's own zone. */
export function localTime(at: number): string {
  const fallback = `${new Date(at).toISOString().slice(11, 19)} UTC`;
  return `<!date^${Math.floor(at / 1_000)}^{time_secs}|${fallback}>`;
}
