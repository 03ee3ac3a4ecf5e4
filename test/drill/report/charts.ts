/** The figures of a drill, all on the same time axis. */
import type { Journal } from '../journal.ts';
import {
  type Bar,
  blockKey,
  drawBars,
  drawLine,
  figure,
  type Line,
  type Look,
  linear,
  lineKey,
  logarithmic,
  strip,
} from './chart.ts';
import { Clock } from './clock.ts';
import { type Html, html, section, table } from './html.ts';
import { serviceOf } from './place.ts';
import {
  alarmStretches,
  type Bands,
  type Bin,
  bandsOf,
  binRequests,
  incidentStretches,
  quietAlarms,
  type Stretch,
  type TierSeries,
  tiersOf,
} from './series.ts';
import { rounded, tellLatency, tellRequests, tellTasks } from './summaries.ts';
import { lanesFigure } from './tasks.ts';

export function charts(journal: Journal): Html {
  const clock = new Clock(journal);
  const bands = bandsOf(journal, clock);
  const bins = binRequests(journal.requests.answers, clock);
  const whose = journal.timeFactor === 1 ? '' : ' of this machine’s clock';
  // Where the drill sent none, there is nothing to tell of their answers.
  const ofRequests =
    journal.requests.sent === 0
      ? undefined
      : [
          requestsFigure(bins, bands, clock, 'Requests per second'),
          latencyFigure(bins, bands, clock),
        ];
  return section(
    'Charts',
    html`<p>All have the same time axis, in seconds${whose}; T0 is the fault.</p>\n`,
    ofRequests,
    ...tiersOf(journal.states, serviceOf(journal.drill)).map((series) =>
      tasksFigure(series, bands, clock),
    ),
    lanesFigure(journal, bands, clock),
    strips(journal, clock),
  );
}

export function requestsOf(journal: Journal, title: string): Html {
  const clock = new Clock(journal);
  const bins = binRequests(journal.requests.answers, clock);
  return requestsFigure(bins, bandsOf(journal, clock), clock, title);
}

function requestsFigure(bins: readonly Bin[], bands: Bands, clock: Clock, title: string): Html {
  const axis = linear(Math.max(...bins.map(({ ok, failed }) => ok + failed)));
  const bars = bins.flatMap(({ from, to, ok, failed }): readonly Bar[] => [
    { from, to, low: 0, high: failed, look: 'failed' },
    { from, to, low: failed, high: failed + ok, look: 'ok' },
  ]);
  return figure(
    {
      title,
      summary: tellRequests(bins, clock),
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
  const axis = logarithmic(Math.max(...bins.map(({ p99 = 0 }) => p99)));
  const lineOf = (name: 'p50' | 'p95' | 'p99', look: Line['look']): Line => ({
    name,
    look,
    steps: false,
    points: bins.map((bin) => ({ at: (bin.from + bin.to) / 2, value: bin[name] })),
  });
  const lines = [lineOf('p50', 'solid'), lineOf('p95', 'dashed'), lineOf('p99', 'dotted')];
  return figure(
    {
      title,
      summary: tellLatency(bins, clock),
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

function tasksFigure(series: TierSeries, bands: Bands, clock: Clock): Html {
  const { tier, states } = series;
  const title = `Tasks of ${tier}`;
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
  return figure(
    {
      title,
      summary: tellTasks(series, clock),
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

const ALARM_LOOKS: Readonly<Record<string, Look>> = { OK: 'calm', ALARM: 'bad' };
const INCIDENT_LOOKS: Readonly<Record<string, Look>> = {
  none: 'calm',
  recovered: 'good',
  escalated: 'bad',
};

export interface NamedStrip {
  readonly name: string;
  readonly stretches: readonly (Stretch & { readonly look: Look })[];
}

/** Alarms that rang, then the incident of each tier. */
export function stripsOf(
  { events, states, drill }: Pick<Journal, 'events' | 'states' | 'drill'>,
  clock: Clock,
): readonly NamedStrip[] {
  const alarms = [...alarmStretches({ events }, clock)].map(([name, own]) => ({
    name,
    stretches: own.map((each) => ({ ...each, look: ALARM_LOOKS[each.state] ?? 'busy' })),
  }));
  const incidents = tiersOf(states, serviceOf(drill)).map((series) => ({
    name: `Incident of ${series.tier}`,
    stretches: incidentStretches(series.states, clock).map((each) => ({
      ...each,
      // A hold is told with its reason: `holding (settling)`.
      look: INCIDENT_LOOKS[each.state.split(' ')[0] ?? ''] ?? 'busy',
    })),
  }));
  return [...alarms, ...incidents];
}

function strips(journal: Journal, clock: Clock): Html {
  const all = stripsOf(journal, clock);
  const rang = all.length - tiersOf(journal.states).length;
  const said =
    journal.events.length === 0
      ? 'What alarms did was not recorded.'
      : `${countOf(rang, 'alarm')} rang; ${quietAlarms(journal)} did not.`;
  const rows = all.flatMap(({ name, stretches }) =>
    stretches.map(({ state, from, to }) => [name, state, clock.since(from), clock.since(to)]),
  );
  return html`<figure><figcaption><h3>Alarms and incident</h3>
<p>${said}</p></figcaption>
<p class="legend">${blockKey('state-calm', 'OK, or none')}${blockKey('state-bad', 'ALARM, or escalated')}${blockKey(
    'state-busy',
    'at work, or unknown',
  )}${blockKey('state-good', 'recovered')}</p>
${all.map(({ name, stretches }) => strip(name, stretches, clock))}
<details><summary>Numbers of: Alarms and incident</summary>${table({
    caption: 'States in order',
    headings: ['of', 'state', 'from', 'to'],
    rows,
  })}</details></figure>\n`;
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
