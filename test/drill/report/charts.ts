/** The figures of a drill, all on the same time axis. */
import type { Journal } from '../journal.ts';
import {
  type Bar,
  blockKey,
  drawBars,
  drawLine,
  figure,
  type Line,
  linear,
  lineKey,
  logarithmic,
  strip,
} from './chart.ts';
import { Clock } from './clock.ts';
import { type Html, html, section, table } from './html.ts';
import {
  alarmStretches,
  type Bands,
  type Bin,
  bandsOf,
  binRequests,
  incidentStretches,
  quietAlarms,
  type Stretch,
} from './series.ts';

export function charts(journal: Journal): Html {
  const clock = new Clock(journal);
  const bands = bandsOf(journal, clock);
  const bins = binRequests(journal, clock);
  return section(
    'Charts',
    html`<p>All have the same time axis, in seconds of this machine’s clock; T0 is the fault.</p>\n`,
    requestsFigure(bins, bands, clock, 'Requests per second'),
    latencyFigure(bins, bands, clock),
    tasksFigure(journal, bands, clock),
    strips(journal, clock),
  );
}

export function requestsOf(journal: Journal, title: string): Html {
  const clock = new Clock(journal);
  return requestsFigure(binRequests(journal, clock), bandsOf(journal, clock), clock, title);
}

const rounded = (value: number): string => String(Math.round(value * 10) / 10);

function requestsFigure(bins: readonly Bin[], bands: Bands, clock: Clock, title: string): Html {
  const axis = linear(Math.max(...bins.map(({ ok, failed }) => ok + failed)));
  const bars = bins.flatMap(({ from, to, ok, failed }): readonly Bar[] => [
    { from, to, low: 0, high: failed, look: 'failed' },
    { from, to, low: failed, high: failed + ok, look: 'ok' },
  ]);
  const failing = bins.filter(({ failed }) => failed > 0);
  const [first, last] = [failing[0], failing.at(-1)];
  const worst = Math.max(...bins.map(({ failed }) => failed));
  const summary =
    first === undefined || last === undefined
      ? 'No request failed.'
      : [
          `Some failed between ${clock.since(first.from)} and ${clock.since(last.to)}`,
          `at most ${rounded(worst)} per second.`,
        ].join(', ');
  return figure(
    {
      title,
      summary,
      axis,
      marks: drawBars(bars, axis, clock),
      legend: [blockKey('bar-ok', 'answered'), blockKey('bar-failed', 'failed')],
      data: table({
        caption: title,
        headings: ['from', 'answered', 'failed'],
        rows: bins.map(({ from, ok, failed }) => [clock.since(from), rounded(ok), rounded(failed)]),
      }),
    },
    bands,
    clock,
  );
}

function latencyFigure(bins: readonly Bin[], bands: Bands, clock: Clock): Html {
  const title = 'Time to an answer';
  const max = Math.max(...bins.map(({ p99 = 0 }) => p99));
  const axis = logarithmic(max, ' ms');
  const lineOf = (name: 'p50' | 'p95' | 'p99', look: Line['look']): Line => ({
    name,
    look,
    steps: false,
    points: bins.map((bin) => ({ at: (bin.from + bin.to) / 2, value: bin[name] })),
  });
  const lines = [lineOf('p50', 'solid'), lineOf('p95', 'dashed'), lineOf('p99', 'dotted')];
  const worst = bins.find(({ p99 }) => p99 === max);
  const at = worst === undefined ? '' : `, at ${clock.since(worst.from)}`;
  return figure(
    {
      title,
      summary: `The slowest hundredth took up to ${max} ms${at}. The scale is logarithmic.`,
      axis,
      marks: lines.map((line) => drawLine(line, axis, clock)),
      legend: lines.map(lineKey),
      data: table({
        caption: `${title}, milliseconds`,
        headings: ['from', 'p50', 'p95', 'p99'],
        rows: bins.map(({ from, p50, p95, p99 }) => [
          clock.since(from),
          ...[p50, p95, p99].map((value) => value ?? '–'),
        ]),
      }),
    },
    bands,
    clock,
  );
}

function tasksFigure({ states }: Journal, bands: Bands, clock: Clock): Html {
  const title = 'Tasks of checkout-api';
  const axis = linear(
    Math.max(1, ...states.map(({ healthy, desired }) => Math.max(healthy, desired))),
  );
  const lines = (['healthy', 'desired'] as const).map(
    (name): Line => ({
      name,
      look: name === 'healthy' ? 'solid' : 'dashed',
      steps: true,
      points: states.map((state) => ({ at: state.at, value: state[name] })),
    }),
  );
  const since = states.filter(({ at }) => at >= clock.zero);
  const least = since.toSorted((a, b) => a.healthy - b.healthy)[0];
  const summary =
    least === undefined
      ? 'Nothing was sampled after the fault.'
      : `Since the fault at least ${least.healthy} of ${least.desired} were healthy. Sampled once a second.`;
  return figure(
    {
      title,
      summary,
      axis,
      marks: lines.toReversed().map((line) => drawLine(line, axis, clock)),
      legend: lines.map(lineKey),
      data: table({
        caption: `${title}, and the incident`,
        headings: ['at', 'healthy', 'desired', 'incident'],
        rows: states.map(({ at, healthy, desired, incident }) => [
          clock.since(at),
          healthy,
          desired,
          incident,
        ]),
      }),
    },
    bands,
    clock,
  );
}

const ALARM_LOOKS: Readonly<Record<string, string>> = { OK: 'calm', ALARM: 'bad' };
const INCIDENT_LOOKS: Readonly<Record<string, string>> = {
  none: 'calm',
  recovered: 'good',
  escalated: 'bad',
};

function strips(journal: Journal, clock: Clock): Html {
  const alarms = alarmStretches(journal, clock);
  const quiet = quietAlarms(journal);
  const incident = incidentStretches(journal, clock);
  const rows: readonly (readonly [string, Stretch])[] = [
    ...[...alarms].flatMap(([name, own]) => own.map((each) => [name, each] as const)),
    ...incident.map((each) => ['incident', each] as const),
  ];
  // A hold is told with its reason: `holding (settling)`.
  const lookOf = (state: string): string => INCIDENT_LOOKS[state.split(' ')[0] ?? ''] ?? 'busy';
  return html`<figure><figcaption><h3>Alarms and incident</h3>
<p>${countOf(alarms.size, 'alarm')} rang; ${quiet} did not.</p></figcaption>
<p class="legend">${blockKey('state-calm', 'OK, or none')}${blockKey('state-bad', 'ALARM, or escalated')}${blockKey(
    'state-busy',
    'at work, or unknown',
  )}${blockKey('state-good', 'recovered')}</p>
${[...alarms].map(([name, own]) => strip(name, own, (state) => ALARM_LOOKS[state] ?? 'busy', clock))}
${strip('Incident of checkout-api', incident, lookOf, clock)}
<details><summary>Numbers of: Alarms and incident</summary>${table({
    caption: 'States in order',
    headings: ['of', 'state', 'from', 'to'],
    rows: rows.map(([of, { state, from, to }]) => [of, state, clock.since(from), clock.since(to)]),
  })}</details></figure>\n`;
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
