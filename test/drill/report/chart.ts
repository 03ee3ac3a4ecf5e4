/**
 * Static figures on one time axis. The drawing stretches to any width, so words stand beside it in
 * HTML, where they keep their size on a phone.
 */
import type { Clock } from './clock.ts';
import { Html, html, type Part } from './html.ts';
import type { Bands, Stretch } from './series.ts';

/** Units of a drawing's own. */
const WIDTH = 1_000;
const HEIGHT = 100;

export interface Line {
  readonly name: string;
  /** Says how it is drawn: `solid`, `dashed` or `dotted`. */
  readonly look: 'solid' | 'dashed' | 'dotted';
  /** Drawn as steps, or from point to point; a gap where there is no value. */
  readonly steps: boolean;
  readonly points: readonly { readonly at: number; readonly value: number | undefined }[];
}

export interface Axis {
  /** Value at the top. */
  readonly max: number;
  /** From 0 to 1, of a value. */
  readonly place: (value: number) => number;
  /** With their labels, from the bottom up. */
  readonly ticks: readonly (readonly [number, string])[];
}

/** From 0 up to a round number above `max`. */
export function linear(max: number): Axis {
  const magnitude = 10 ** Math.floor(Math.log10(Math.max(max, 1)));
  const step = [1, 2, 5, 10].find((factor) => factor * magnitude >= max) ?? 10;
  const top = Math.max(step * magnitude, 1);
  // Few things are counted one by one: half a task there is not.
  const parts = top <= 5 ? top : 2;
  const ticks = Array.from({ length: parts + 1 }, (_, index) => (top / parts) * index);
  return {
    max: top,
    place: (value) => value / top,
    ticks: ticks.map((value) => [value, String(value)]),
  };
}

/** Milliseconds, from 1 up in powers of ten: 3 ms and 5 s are both seen. */
export function logarithmic(max: number): Axis {
  const powers = Math.max(1, Math.ceil(Math.log10(Math.max(max, 10))));
  const spell = (ms: number): string => (ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`);
  return {
    max: 10 ** powers,
    place: (value) => Math.log10(Math.max(value, 1)) / powers,
    ticks: Array.from({ length: powers + 1 }, (_, power) => [10 ** power, spell(10 ** power)]),
  };
}

const x = (clock: Clock, at: number): string => (clock.share(at) * WIDTH).toFixed(1);
const y = (axis: Axis, value: number): string =>
  ((1 - Math.min(1, axis.place(value))) * HEIGHT).toFixed(1);

/** A block between two values, such as the failed part of a bar. */
export interface Bar {
  readonly from: number;
  readonly to: number;
  readonly low: number;
  readonly high: number;
  readonly look: 'ok' | 'failed';
}

export function drawBars(bars: readonly Bar[], axis: Axis, clock: Clock): readonly Html[] {
  return bars
    .filter(({ low, high }) => high > low)
    .map(({ from, to, low, high, look }) => {
      const width = (clock.share(to) - clock.share(from)) * WIDTH * 0.9;
      const height = (axis.place(high) - axis.place(low)) * HEIGHT;
      const at = `x="${x(clock, from)}" y="${y(axis, high)}"`;
      const size = `width="${width.toFixed(1)}" height="${height.toFixed(1)}"`;
      return new Html(`<rect class="bar-${look}" ${at} ${size}/>`);
    });
}

export function drawLine({ look, steps, points }: Line, axis: Axis, clock: Clock): Html {
  let path = '';
  let isDown = false;
  for (const { at, value } of points) {
    if (value === undefined) {
      isDown = false;
      continue;
    }
    const [left, top] = [x(clock, at), y(axis, value)];
    if (!isDown) path += `M${left} ${top}`;
    else path += steps ? `H${left}V${top}` : `L${left} ${top}`;
    isDown = true;
  }
  return new Html(`<path class="line line-${look}" d="${path}"/>`);
}

function drawBands({ faults, heal }: Bands, clock: Clock): readonly Html[] {
  const draw = (kind: string, from: number, to: number): Html => {
    const width = Math.max((clock.share(to) - clock.share(from)) * WIDTH, 2).toFixed(1);
    const at = `x="${x(clock, from)}" y="0" width="${width}" height="${HEIGHT}"`;
    return new Html(`<rect class="band-${kind}" ${at}/>`);
  };
  return [
    ...(heal === undefined ? [] : [draw('heal', heal.from, heal.to)]),
    ...faults.map(({ from, to }) => draw('fault', from, to)),
  ];
}

export interface Figure {
  readonly title: string;
  /** What is to be seen, in one line. */
  readonly summary: string;
  readonly axis: Axis;
  readonly marks: readonly Html[];
  readonly legend: readonly Html[];
  /** The same numbers. */
  readonly data: Html;
}

export function figure(spec: Figure, bands: Bands, clock: Clock): Html {
  const { axis, marks, legend, data, title, summary } = spec;
  const labels = axis.ticks.map(
    ([value, label]) =>
      html`<span style="bottom:${(axis.place(value) * 100).toFixed(1)}%">${label}</span>`,
  );
  const grid = axis.ticks.map(
    ([value]) => new Html(`<path class="grid" d="M0 ${y(axis, value)}H${WIDTH}"/>`),
  );
  return html`<figure><figcaption><h3>${title}</h3><p>${summary}</p></figcaption>
<p class="legend">${legend}${bandLegend(bands, clock)}</p>
<div class="plot" role="img" aria-label="${title}. ${summary}"><div class="y">${labels}</div>
${drawing([...drawBands(bands, clock), ...grid, ...marks])}${timeAxis(clock)}</div>
<details><summary>Numbers of: ${title}</summary>${data}</details></figure>\n`;
}

function drawing(content: Part, height = HEIGHT): Html {
  return html`<svg viewBox="0 0 ${WIDTH} ${height}" preserveAspectRatio="none" aria-hidden="true">${content}</svg>`;
}

/** Some five round times, from the fault on. */
function timeAxis(clock: Clock): Html {
  const seconds = (clock.end - clock.start) / 1_000;
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((each) => seconds / each <= 6) ?? 1_000;
  const first = Math.ceil((clock.start - clock.zero) / 1_000 / step);
  const last = Math.floor((clock.end - clock.zero) / 1_000 / step);
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
  // The last one would stand beyond the edge.
  const shown = ticks.filter((tick) => clock.share(clock.zero + tick * 1_000) < 0.97);
  return html`<div class="x">${shown.map((tick) => {
    const left = (clock.share(clock.zero + tick * 1_000) * 100).toFixed(2);
    const label = tick === 0 ? 'T0' : `${tick < 0 ? '−' : '+'}${Math.abs(tick)} s`;
    return html`<span style="left:${left}%">${label}</span>`;
  })}</div>`;
}

function key(className: string, name: string): Html {
  const shape = className.startsWith('line')
    ? new Html(`<path class="${className}" d="M0 6H24"/>`)
    : new Html(`<rect class="${className}" width="24" height="12"/>`);
  return html`<span class="key"><svg viewBox="0 0 24 12" aria-hidden="true">${shape}</svg> ${name}</span> `;
}

export function lineKey({ look, name }: Pick<Line, 'look' | 'name'>): Html {
  return key(`line line-${look}`, name);
}

export function blockKey(className: string, name: string): Html {
  return key(className, name);
}

/** Each with its time, so that colour and place are not all that says when. */
function bandLegend({ faults, heal }: Bands, clock: Clock): readonly Html[] {
  const spans = faults.map(({ from, to }) => `${clock.since(from)} to ${clock.since(to)}`);
  return [
    ...(spans.length === 0 ? [] : [key('band-fault', `fault is on: ${spans.join(', ')}`)]),
    ...(heal === undefined
      ? []
      : [key('band-heal', `healing: ${clock.since(heal.from)} to ${clock.since(heal.to)}`)]),
  ];
}

/** `calm`: nothing is wrong; `busy`: at work, or unknown; `ill`: by the drill's doing. */
export type Look = 'calm' | 'bad' | 'busy' | 'good' | 'ill' | 'gone';

/** One row of states, each with its look. */
export function drawStates(
  stretches: readonly (Stretch & { readonly look: Look })[],
  clock: Clock,
): Html {
  const blocks = stretches.map(({ from, to, look }) => {
    const width = ((clock.share(to) - clock.share(from)) * WIDTH).toFixed(1);
    return new Html(
      `<rect class="state-${look}" x="${x(clock, from)}" y="1" width="${width}" height="18"/>`,
    );
  });
  return drawing(blocks, 20);
}

/** The words below it say the same. */
export function strip(
  name: string,
  stretches: readonly (Stretch & { readonly look: Look })[],
  clock: Clock,
): Html {
  const words = stretches.map(({ from, state }, index) =>
    index === 0 ? state : `${state} from ${clock.since(from)}`,
  );
  return html`<div class="strip"><p><strong>${name}</strong></p><div class="plot">${drawStates(stretches, clock)}</div>
<p class="note">${words.join(' → ')}</p></div>\n`;
}
