/** A drill as a person follows it: one line per event, the messages as Slack shows them, and a table at the end. */
import { styleText } from 'node:util';
import { renderSlackMessage } from '../lab/slack/terminal.ts';
import { wrapSpans } from '../lab/slack/wrap.ts';
import { describeEvent } from './describe-event.ts';
import type { Progress, Status } from './progress.ts';
import { type Paint, renderResult, type Style } from './result-table.ts';

export interface TerminalOptions {
  readonly write: (text: string) => void;
  readonly color: boolean;
  /** A terminal redraws its status line; a log gets one every few seconds. */
  readonly live: boolean;
  /** Asked each time, since a window can be resized; a log has no end. */
  readonly width: () => number;
}

/** Seconds between status lines where nothing can be redrawn. */
const STATUS_EVERY = 5;
const MESSAGE_WIDTH = 92;
const CLEAR = '\r\u001b[K';

/** Columns of the time and the mark before a line. */
const LINE_INDENT = 14;
const MARK_STYLES: Readonly<Record<string, Style>> = {
  '▸': 'cyan',
  '◆': 'yellow',
  '■': 'magenta',
  '!': 'red',
};

export class Terminal {
  readonly #options: TerminalOptions;
  readonly #paint: Paint;
  #statusCount = 0;
  /** The line that stays at the bottom of a terminal. */
  #statusLine = '';

  constructor(options: TerminalOptions) {
    this.#options = options;
    this.#paint = makePaint(options.color);
  }

  show(progress: Progress): void {
    switch (progress.kind) {
      case 'started':
        this.#showStart(progress);
        return;
      case 'phase':
        this.#line(progress, '▸', progress.name, 'bold');
        return;
      case 'status':
        this.#showStatus(progress.status);
        return;
      case 'lab':
        this.#showEvent(progress);
        return;
      case 'finished':
        this.close();
        this.#write(`\n${renderResult(progress.journal, this.#paint, this.#options.width())}\n`);
        this.#write(`${this.#paint('dim', `journal: ${progress.file}`)}\n`);
        if (progress.report === undefined) return;
        this.#write(`${this.#paint('dim', `report: ${progress.report}`)}\n`);
    }
  }

  /** Takes the status line away; also after a drill that did not finish. */
  close(): void {
    this.#statusLine = '';
    if (this.#options.live) this.#options.write(CLEAR);
  }

  #showStart(progress: Extract<Progress, { kind: 'started' }>): void {
    this.#write(`${this.#paint('bold', this.#wrap(progress.title))}\n`);
    this.#write(`${this.#wrap(progress.hypothesis)}\n`);
    this.#write(`${this.#paint('dim', this.#wrap(describeSetting(progress)))}\n\n`);
  }

  #showStatus(status: Status): void {
    this.#statusCount += 1;
    const { live, write } = this.#options;
    const width = this.#options.width() - 1;
    if (live) {
      const text = describeStatus(status);
      const fitting = text.length <= width ? text : describeBriefly(status).slice(0, width);
      this.#statusLine = this.#paint('dim', fitting);
      write(`${CLEAR}${this.#statusLine}`);
    } else if (this.#statusCount % STATUS_EVERY === 0) {
      write(`${' '.repeat(LINE_INDENT)}${describeStatus(status)}\n`);
    }
  }

  #showEvent(progress: Extract<Progress, { kind: 'lab' }>): void {
    const { event } = progress;
    const told = describeEvent(event);
    if (told !== undefined) this.#line(progress, told.mark, told.text);
    if (event.kind !== 'slack' || event.status !== 200) return;
    const { color, width } = this.#options;
    const message = renderSlackMessage(event.payload, {
      color,
      width: Math.min(width() - 4, MESSAGE_WIDTH),
    });
    this.#write(`\n${indent(message, 4)}\n\n`);
  }

  #line(progress: Progress, mark: string, text: string, style?: Style): void {
    const at = `T+${(progress.elapsedMs / 1_000).toFixed(1)} s`.padStart(10);
    const markStyle = MARK_STYLES[mark];
    const painted = markStyle === undefined ? mark : this.#paint(markStyle, mark);
    const wrapped = this.#wrap(text, LINE_INDENT);
    const words = style === undefined ? wrapped : this.#paint(style, wrapped);
    this.#write(`${this.#paint('dim', at)}  ${painted} ${words}\n`);
  }

  /** Breaks between words, where a terminal would break anywhere. */
  #wrap(text: string, indent = 0): string {
    const width = this.#options.width() - indent;
    const rows = wrapSpans([{ text, styles: [] }], Math.max(width, 1));
    return rows.map((row) => row.map((span) => span.text).join('')).join(`\n${' '.repeat(indent)}`);
  }

  /** Writes above the status line, where there is one. */
  #write(text: string): void {
    this.#options.write(this.#options.live ? `${CLEAR}${text}${this.#statusLine}` : text);
  }
}

export function makePaint(color: boolean): Paint {
  return (style, text) => (color ? styleText(style, text, { validateStream: false }) : text);
}

function describeSetting({
  factor,
  healer,
  template,
}: Extract<Progress, { kind: 'started' }>): string {
  const from = template === undefined ? '' : ` of ${template}`;
  const who = healer ? `with the healer${from}` : 'control run: ECS alone, without the healer';
  return `${who}; AWS's periods are divided by ${factor}`;
}

function describeStatus({
  sent,
  failed,
  failing,
  healthy,
  desired,
  alarms,
  incident,
}: Status): string {
  const alarm = alarms.length === 0 ? 'alarms OK' : `ALARM ${alarms.join(', ')}`;
  const requests = `${sent} sent, ${failed} failed (${failing} in the last second)`;
  return `${requests} · ${healthy}/${desired} healthy · ${alarm} · incident ${incident}`;
}

/** For a window that is too narrow: how it is, without how it came. */
function describeBriefly({ failing, healthy, desired, alarms, incident }: Status): string {
  const alarm = alarms.length === 0 ? 'alarms OK' : `${alarms.length} in ALARM`;
  return `${failing} failed/s · ${healthy}/${desired} healthy · ${alarm} · incident ${incident}`;
}

function indent(text: string, by: number): string {
  return text
    .split('\n')
    .map((part) => `${' '.repeat(by)}${part}`)
    .join('\n');
}
