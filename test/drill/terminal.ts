/** A drill as a person follows it: one line per event, the messages as Slack shows them, and a table at the end. */
import { styleText } from 'node:util';
import { renderSlackMessage } from '../lab/slack/terminal.ts';
import { describeEvent } from './describe-event.ts';
import type { Listener, Progress, Status } from './progress.ts';
import { type Paint, renderResult } from './result-table.ts';

export interface TerminalOptions {
  readonly write: (text: string) => void;
  readonly color: boolean;
  /** A terminal redraws its status line; a log gets one every few seconds. */
  readonly live: boolean;
  readonly width: number;
}

/** Seconds between status lines where nothing can be redrawn. */
const STATUS_EVERY = 5;
const MESSAGE_WIDTH = 92;
const CLEAR = '\r\u001b[K';

export function makeTerminal(options: TerminalOptions): Listener {
  const terminal = new Terminal(options);
  return (progress) => terminal.show(progress);
}

class Terminal {
  readonly #options: TerminalOptions;
  readonly #paint: Paint;
  #statusCount = 0;

  constructor(options: TerminalOptions) {
    this.#options = options;
    this.#paint = (style, text) =>
      options.color ? styleText(style, text, { validateStream: false }) : text;
  }

  show(progress: Progress): void {
    switch (progress.kind) {
      case 'started':
        this.#showStart(progress);
        return;
      case 'phase':
        this.#line(progress, this.#paint('cyan', '▸'), this.#paint('bold', progress.name));
        return;
      case 'status':
        this.#showStatus(progress.status);
        return;
      case 'lab':
        this.#showEvent(progress);
        return;
      case 'finished':
        this.#write(`\n${renderResult(progress.journal, this.#paint)}\n`);
        this.#write(`${this.#paint('dim', `journal: ${progress.file}`)}\n`);
    }
  }

  #showStart(progress: Extract<Progress, { kind: 'started' }>): void {
    this.#write(`${this.#paint('bold', progress.title)}\n${progress.hypothesis}\n`);
    this.#write(`${this.#paint('dim', describeSetting(progress))}\n\n`);
  }

  #showStatus(status: Status): void {
    this.#statusCount += 1;
    const { live, width, write } = this.#options;
    const text = describeStatus(status);
    if (live) write(`${CLEAR}${this.#paint('dim', text.slice(0, width - 1))}`);
    else if (this.#statusCount % STATUS_EVERY === 0) write(`            ${text}\n`);
  }

  #showEvent(progress: Extract<Progress, { kind: 'lab' }>): void {
    const { event } = progress;
    const told = describeEvent(event);
    if (told !== undefined) this.#line(progress, told.mark, told.text);
    if (event.kind !== 'slack' || event.status !== 200) return;
    const { color, width } = this.#options;
    const message = renderSlackMessage(event.payload, {
      color,
      width: Math.min(width - 4, MESSAGE_WIDTH),
    });
    this.#write(`\n${indent(message, 4)}\n\n`);
  }

  #line(progress: Progress, mark: string, text: string): void {
    const at = `T+${(progress.elapsedMs / 1_000).toFixed(1)} s`.padStart(10);
    this.#write(`${this.#paint('dim', at)}  ${mark} ${text}\n`);
  }

  /** Writes over the status line, where there is one. */
  #write(text: string): void {
    this.#options.write(`${this.#options.live ? CLEAR : ''}${text}`);
  }
}

function describeSetting({ factor, healer }: Extract<Progress, { kind: 'started' }>): string {
  const who = healer ? 'with the healer' : 'control run: ECS alone, without the healer';
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
  return `${sent} sent, ${failed} failed (${failing} in the last second) · ${healthy}/${desired} healthy · ${alarm} · incident ${incident}`;
}

function indent(text: string, by: number): string {
  return text
    .split('\n')
    .map((part) => `${' '.repeat(by)}${part}`)
    .join('\n');
}
