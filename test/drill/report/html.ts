/** HTML as a value of its own: whatever is put into it is escaped, unless it is HTML already. */

export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Part = string | number | Html | undefined | readonly Part[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Nothing is left of `undefined`; lists are joined without a gap. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.map((text, index) => `${text}${spell(parts[index])}`).join(''));
}

function spell(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(spell).join('');
  return visible(String(part)).replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

// Some turn the text around them, and none may stand in HTML.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const HIDDEN = /[\0-\x08\x0B\x0C\x0E-\x1F\x7F\u202A-\u202E\u2066-\u2069]/g;

function visible(text: string): string {
  return text.replaceAll(HIDDEN, '\uFFFD');
}

export interface Table {
  /** What it is a table of, for those who cannot see where it stands. */
  readonly caption: string;
  readonly headings: readonly string[];
  /** The first cell of each row names it. */
  readonly rows: readonly (readonly Part[])[];
  readonly className?: string;
}

export function table({ caption, headings, rows, className = '' }: Table): Html {
  const body = rows.map(
    ([first, ...rest]) =>
      html`<tr><th scope="row">${first}</th>${rest.map((cell) => html`<td>${cell}</td>`)}</tr>\n`,
  );
  const head = headings.map((heading) => html`<th scope="col">${heading}</th>`);
  return html`<table class="${className}"><caption>${caption}</caption>
<thead><tr>${head}</tr></thead><tbody>
${body}</tbody></table>\n`;
}

/** @param title - with an id made of it, which links lead to. */
export function section(title: string, ...content: readonly Part[]): Html {
  const id = title.toLowerCase().replaceAll(/\W+/g, '-');
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>\n${content}</section>\n`;
}
