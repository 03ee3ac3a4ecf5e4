/** Where the facts go: a person's terminal, a log, or another program. */
import { styleText } from 'node:util';
import { between, type EpochMillis, iso, spell } from '../../core/time.ts';
import type { Card, Row, Tell, Tone } from './card.ts';
import { describeEvent } from './describe-event.ts';
import type { HealEvent } from './events.ts';

export interface Screen {
  readonly write: (text: string) => void;
  /** Columns; infinite where lines have no end. */
  readonly width: number;
  /** A person sits before it. */
  readonly live: boolean;
  readonly color: boolean;
}

export type Show = (event: HealEvent) => void;

/** @param now - what relative times are told from. */
export function makeShow(screen: Screen, json: boolean, now: EpochMillis): Show {
  if (json) return (event) => screen.write(`${JSON.stringify(event)}\n`);
  if (!screen.live) return (event) => screen.write(`${renderLine(describeEvent(event, iso))}\n`);
  const tell: Tell = (at) => tellLocally(at, now);
  return (event) => screen.write(`${renderCard(describeEvent(event, tell), screen, tell)}\n\n`);
}

/** One line per fact, with words that do not change: for logs, `grep` and `awk`. */
function renderLine({ at, state, title, rows }: Card): string {
  const when = at === undefined ? '' : `${iso(at)}  `;
  const parts = [title, ...rows.map(({ label, text }) => `${label}: ${text}`)];
  return clean(`${when}${state}  ${parts.join(' | ')}`);
}

const SHAPES: Readonly<Record<Tone, string>> = { good: '✓', bad: '■', waiting: '◆', quiet: '·' };
const COLORS: Readonly<Record<Tone, 'green' | 'red' | 'yellow' | 'dim'>> = {
  good: 'green',
  bad: 'red',
  waiting: 'yellow',
  quiet: 'dim',
};
const INDENT = 4;
/** Narrower than this, words are cut rather than stacked. */
const WIDTH_MIN = 20;

function renderCard({ tone, state, title, at, rows }: Card, screen: Screen, tell: Tell): string {
  const paint = (style: Parameters<typeof styleText>[0], text: string): string =>
    screen.color ? styleText(style, text, { validateStream: false }) : text;
  const mark = paint(['bold', COLORS[tone]], `${SHAPES[tone]} ${state}`);
  const head = at === undefined ? clean(title) : `${clean(title)} ${paint('dim', tell(at))}`;
  const labels = Math.max(0, ...rows.map(({ label }) => label.length));
  // Several lines of one kind are one thing to the eye.
  const lines = rows.map(({ label, text }, index) => ({
    label: label === rows[index - 1]?.label ? '' : label,
    text,
  }));
  return [`${mark}  ${head}`, ...lines.map((one) => renderRow(one, labels, screen, paint))].join(
    '\n',
  );
}

function renderRow(
  { label, text }: Row,
  labels: number,
  { width }: Screen,
  paint: (style: 'dim', text: string) => string,
): string {
  const start = INDENT + labels + 2;
  const lines = wrap(clean(text), Math.max(width - start, WIDTH_MIN));
  const before = `${' '.repeat(INDENT)}${paint('dim', label.padEnd(labels))}  `;
  return `${before}${lines.join(`\n${' '.repeat(start)}`)}`;
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length > width && line !== '') {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

/** C0 and C1: what a log line may hold must not move the reader's cursor. */
const CONTROLS = /\p{Cc}+/gu;

function clean(text: string): string {
  return text.replaceAll(CONTROLS, ' ');
}

/** `2026-11-20 11:03:41 (4 min ago)`, in the reader's own zone. */
function tellLocally(at: EpochMillis, now: EpochMillis): string {
  const local = new Date(at).toLocaleString('sv-SE');
  const far = spell(at <= now ? between(at, now) : between(now, at));
  return at <= now ? `${local} (${far} ago)` : `${local} (in ${far})`;
}
