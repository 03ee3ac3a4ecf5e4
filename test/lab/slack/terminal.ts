/** Shows a webhook message in a terminal as a person reads it in Slack. */
import { stripVTControlCharacters, styleText } from 'node:util';

import {
  type Attachment,
  type Block,
  type Button,
  checkPayload,
  type Text,
  type WebhookPayload,
} from './block-kit.ts';
import {
  type AccentColor,
  type ReadOptions,
  readLine,
  readQuote,
  type Span,
  type SpanStyle,
  unescaped,
  withEmoji,
} from './mrkdwn.ts';
import { displayWidth, spansWidth, wrapSpans } from './wrap.ts';

const WIDTH_MIN = 24;
/** Two columns narrower than this are harder to read than one. */
const COLUMN_MIN = 18;

export interface RenderOptions extends ReadOptions {
  /**
   * Styles and colours; without, code and struck text keep their marks, and links show where they
   * lead.
   */
  readonly color: boolean;
  /** Columns of the whole box, at least 24. */
  readonly width: number;
}

type Format = Parameters<typeof styleText>[0];
type Row = readonly Span[];

const FORMATS: Readonly<Record<SpanStyle, Format>> = {
  bold: 'bold',
  italic: 'italic',
  strike: 'strikethrough',
  code: 'magenta',
  link: ['blue', 'underline'],
  mention: 'cyan',
  dim: 'dim',
  green: 'green',
  yellow: 'yellow',
  red: 'red',
  blue: 'blue',
  gray: 'gray',
};

/**
 * The message in a box. As in Slack, top-level text shows only without blocks: else it is the
 * notification's.
 */
export function renderSlackMessage(payload: unknown, options: RenderOptions): string {
  const width = Math.max(options.width, WIDTH_MIN);
  const inner = width - 4;
  const checked = checkPayload(payload);
  const renderer = new Renderer(options);
  const rows =
    checked.kind === 'accepted'
      ? renderer.message(checked.payload, inner)
      : renderer.refused(`${checked.code}: ${checked.reason}`, inner);
  const sender = checked.kind === 'accepted' ? checked.payload.username : undefined;
  const title = ` ${stripVTControlCharacters(sender ?? 'Slack').slice(0, inner - 2)} `;
  const dim = (text: string) => renderer.paint({ text, styles: ['dim'] });
  const rest = '─'.repeat(width - 3 - displayWidth(title));
  return [
    `${dim('╭─')}${renderer.paint({ text: title, styles: ['bold'] })}${dim(`${rest}╮`)}`,
    ...rows.map((row) => {
      const fill = ' '.repeat(Math.max(inner - spansWidth(row), 0));
      const content = row.map((run) => renderer.paint(run)).join('');
      return `${dim('│')} ${content}${fill} ${dim('│')}`;
    }),
    dim(`╰${'─'.repeat(width - 2)}╯`),
  ].join('\n');
}

class Renderer {
  readonly #options: RenderOptions;

  constructor(options: RenderOptions) {
    this.#options = options;
  }

  paint({ text, styles }: Span): string {
    if (!this.#options.color || styles.length === 0 || text === '') return text;
    const formats = styles.flatMap((style) => FORMATS[style]);
    return styleText(formats as Format, text, { validateStream: false });
  }

  message(payload: WebhookPayload, width: number): Row[] {
    const body = payload.blocks?.length
      ? this.#blocks(payload.blocks, width)
      : this.#mrkdwn(payload.text ?? '', width);
    const attached = (payload.attachments ?? []).map((item) => this.#attachment(item, width));
    return [body, ...attached].filter((rows) => rows.length > 0).reduce(withGap, []);
  }

  refused(reason: string, width: number): Row[] {
    return this.#wrap([{ text: `Slack refused this message, ${reason}`, styles: ['red'] }], width);
  }

  #blocks(blocks: readonly Block[], width: number): Row[] {
    return blocks.map((block) => this.#block(block, width)).reduce(withGap, []);
  }

  #block(block: Block, width: number): Row[] {
    switch (block.type) {
      case 'header':
        return this.#wrap([{ text: withEmoji(block.text.text), styles: ['bold'] }], width);
      case 'section':
        return [
          ...(block.text ? this.#text(block.text, width) : []),
          ...(block.fields ? this.#columns(block.fields, width) : []),
          ...(block.accessory?.type === 'button' ? this.#buttons([block.accessory], width) : []),
          ...(block.accessory?.type === 'image'
            ? this.#image(block.accessory.alt_text, width)
            : []),
        ];
      case 'context':
        return this.#context(block.elements, width);
      case 'actions':
        return this.#buttons(block.elements, width);
      case 'divider':
        return [[{ text: '─'.repeat(width), styles: ['dim'] }]];
      case 'image':
        return this.#image(block.title?.text ?? block.alt_text, width);
      case 'markdown':
        return block.text.split('\n').flatMap((text) => this.#wrap([{ text, styles: [] }], width));
    }
  }

  #attachment(attachment: Attachment, width: number): Row[] {
    const { title, title_link: link, text, fields, footer } = attachment;
    const inner = width - 2;
    const heading: Span = link
      ? { text: title ?? '', styles: ['bold', 'link'], url: link }
      : { text: title ?? '', styles: ['bold'] };
    const asText = (value: string): Text => ({ type: 'mrkdwn', text: value });
    const rows = [
      ...(title ? this.#wrap([heading], inner) : []),
      ...(text ? this.#mrkdwn(text, inner) : []),
      ...this.#columns(
        (fields ?? []).map((item) => asText(`*${item.title}*\n${item.value}`)),
        inner,
      ),
      ...(attachment.blocks ? this.#blocks(attachment.blocks, inner) : []),
      ...(footer ? this.#wrap([{ text: footer, styles: ['dim'] }], inner) : []),
    ];
    const bar: Span = { text: '▌ ', styles: [barColor(attachment.color)] };
    const above = attachment.pretext ? this.#mrkdwn(attachment.pretext, width) : [];
    return [...above, ...rows.map((row) => [bar, ...row])];
  }

  #text(text: Text, width: number): Row[] {
    if (text.type === 'mrkdwn') return this.#mrkdwn(text.text, width);
    const lines = withEmoji(text.text).split('\n');
    return lines.flatMap((line) => this.#wrap([{ text: line, styles: [] }], width));
  }

  #mrkdwn(text: string, width: number): Row[] {
    // Every second part stands between fences.
    return text.split(/\n?```\n?/).flatMap((part, index) => {
      if (part === '') return [];
      const lines = part.split('\n');
      return index % 2 === 1
        ? this.#code(lines, width)
        : lines.flatMap((l) => this.#line(l, width));
    });
  }

  #line(line: string, width: number): Row[] {
    const { isQuote, text } = readQuote(line);
    const hang = /^(?:[•◦-]|\d+\.) /.exec(text)?.[0].length ?? 0;
    const rows = this.#wrap(readLine(text, this.#options), isQuote ? width - 2 : width, hang);
    return isQuote ? rows.map((row) => [{ text: '▎ ', styles: ['dim'] }, ...row]) : rows;
  }

  #code(lines: readonly string[], width: number): Row[] {
    const indent: Span = { text: '  ', styles: [] };
    return lines.flatMap((line) => {
      const run: Span = { text: unescaped(line), styles: ['code'] };
      return wrapSpans([run], width - 2).map((row) => [indent, ...row]);
    });
  }

  #columns(fields: readonly Text[], width: number): Row[] {
    const column = Math.floor((width - 2) / 2);
    if (column < COLUMN_MIN) return fields.flatMap((field) => this.#text(field, width));
    const rows: Row[] = [];
    for (let index = 0; index < fields.length; index += 2) {
      const [left = [], right = []] = fields
        .slice(index, index + 2)
        .map((field) => this.#text(field, column));
      for (let line = 0; line < Math.max(left.length, right.length); line += 1) {
        const start = left[line] ?? [];
        const gap = ' '.repeat(column + 2 - spansWidth(start));
        rows.push([...start, { text: gap, styles: [] }, ...(right[line] ?? [])]);
      }
    }
    return rows;
  }

  #context(elements: Extract<Block, { type: 'context' }>['elements'], width: number): Row[] {
    const spans = elements.flatMap((element, index): Span[] => {
      const gap: Span[] = index > 0 ? [{ text: '  ', styles: [] }] : [];
      if (element.type === 'image') return [...gap, { text: `[${element.alt_text}]`, styles: [] }];
      if (element.type === 'plain_text')
        return [...gap, { text: withEmoji(element.text), styles: [] }];
      return [...gap, ...readLine(element.text.replaceAll('\n', ' '), this.#options)];
    });
    return this.#wrap(
      spans.map((run) => ({ ...run, styles: [...run.styles, 'dim'] })),
      width,
    );
  }

  #buttons(buttons: readonly Button[], width: number): Row[] {
    const runs = buttons.flatMap((button, index): Span[] => {
      // No-break spaces: a button must not be torn at the end of a line.
      const label = withEmoji(button.text.text).replaceAll(' ', '\u00A0');
      const text = `[\u00A0${label}${button.url ? '\u00A0↗' : ''}\u00A0]`;
      const color = button.style === 'danger' ? 'red' : 'green';
      const styles: SpanStyle[] = button.style ? ['bold', color] : ['bold'];
      return [...(index > 0 ? [{ text: '  ', styles: [] }] : []), { text, styles }];
    });
    return this.#wrap(runs, width).map((row) =>
      row.map((run) => ({ ...run, text: run.text.replaceAll('\u00A0', ' ') })),
    );
  }

  #image(alt: string, width: number): Row[] {
    return this.#wrap([{ text: `[image: ${alt}]`, styles: ['dim'] }], width);
  }

  #wrap(runs: readonly Span[], width: number, hang = 0): Row[] {
    const marked = this.#options.color ? runs : runs.map(withMarks);
    return wrapSpans(marked, width, hang);
  }
}

/** A longer address is nothing that a person types from a log. */
const URL_MAX = 80;

/** What colour says, in characters: for logs and for terminals without it. */
function withMarks(run: Span): Span {
  if (run.styles.includes('code')) return { ...run, text: `\`${run.text}\`` };
  if (run.styles.includes('strike')) return { ...run, text: `~${run.text}~` };
  if (run.url === undefined || run.url === run.text || run.url.length > URL_MAX) return run;
  return { ...run, text: `${run.text} (${run.url})` };
}

function withGap(rows: Row[], next: Row[]): Row[] {
  return rows.length === 0 ? next : [...rows, [], ...next];
}

const BAR_COLORS: Readonly<Record<string, AccentColor>> = {
  good: 'green',
  warning: 'yellow',
  danger: 'red',
};

/** The nearest colour that every terminal has. */
function barColor(color = ''): AccentColor {
  const named = BAR_COLORS[color];
  if (named) return named;
  const match = /^#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color);
  if (!match) return 'gray';
  const [r = 0, g = 0, b = 0] = match.slice(1).map((hex) => Number.parseInt(hex, 16));
  if (Math.max(r, g, b) - Math.min(r, g, b) < 40) return 'gray';
  if (b > r && b > g) return 'blue';
  if (r > 150 && g > 110) return 'yellow';
  return r > g ? 'red' : 'green';
}
