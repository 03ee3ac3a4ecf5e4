/** Parts of a frame, each from the recording so far. Times are seconds from T0. */
import type { LabEvent } from '../../lab/events.ts';
import type { StateSample } from '../journal.ts';
import type { Answer } from '../load.ts';
import { stripsOf } from '../report/charts.ts';
import type { Clock } from '../report/clock.ts';
import { LANE_LOOKS, type Lane, lanesOf } from '../report/lanes.ts';
import { type Bands, type Bin, binRequests, type TierSeries, tiersOf } from '../report/series.ts';
import { renderMessage } from '../report/slack.ts';
import { short } from '../report/stops.ts';
import { tellLatency, tellRequests, tellTasks } from '../report/summaries.ts';
import type { Band, ChartView, MessageView, StripView, TaskCard, View } from './view.ts';

/** The axis grows by this many seconds, so that it is not another one in each frame. */
const AXIS_STEP = 15;
const AXIS_MIN = 60;
/** Tasks that are gone and still have a card. */
const GONE_MAX = 4;

const secondsOf = ({ zero }: Clock, at: number): number => (at - zero) / 1_000;

export function axisOf(clock: Clock): View['axis'] {
  const seconds = (clock.end - clock.start) / 1_000;
  const length = Math.max(AXIS_MIN, Math.ceil(seconds / AXIS_STEP) * AXIS_STEP);
  const from = secondsOf(clock, clock.start);
  return { from, to: from + length };
}

export function bandViews({ faults, heal }: Bands, clock: Clock): readonly Band[] {
  const view = (kind: Band['kind'], what: string, from: number, to: number): Band => {
    const since = clock.since(from);
    const words =
      to >= clock.end ? `${what}: since ${since}` : `${what}: ${since} to ${clock.since(to)}`;
    return { kind, from: secondsOf(clock, from), to: secondsOf(clock, to), words };
  };
  return [
    ...faults.map(({ from, to }) => view('fault', 'fault', from, to)),
    ...(heal === undefined ? [] : [view('heal', 'healing', heal.from, heal.to)]),
  ];
}

export function cardsOf(
  seen: Parameters<typeof lanesOf>[0],
  bands: Bands,
  clock: Clock,
): Pick<View, 'tasks' | 'goneTasks'> {
  const lanes = lanesOf(seen, bands, clock);
  const gone = lanes.filter(({ state }) => state === 'stopped');
  const hidden = new Set(gone.slice(0, Math.max(0, gone.length - GONE_MAX)));
  const shown = lanes.filter((lane) => !hidden.has(lane));
  return { tasks: shown.map((lane) => cardOf(lane, clock)), goneTasks: hidden.size };
}

function cardOf({ task, state, isIll, stoppedAt, stretches }: Lane, clock: Clock): TaskCard {
  const { arn, tier, zone, revision } = task;
  const from = stretches[0]?.from ?? 0;
  const isReplacement = from >= clock.zero && clock.zero > clock.start;
  return {
    id: short(arn),
    tier,
    zone,
    revision,
    state,
    look: LANE_LOOKS[state],
    notes: [
      ...(isIll ? ['made ill by the drill'] : []),
      ...(stoppedAt === undefined ? [] : [`stopped by the healer ${clock.since(stoppedAt)}`]),
      ...(isReplacement ? [`new, ${clock.since(from)}`] : []),
    ],
  };
}

export function chartsOf(
  answers: readonly Answer[],
  states: readonly StateSample[],
  clock: Clock,
): readonly ChartView[] {
  const bins = binRequests(answers, clock);
  return [
    requestsChart(bins, clock),
    latencyChart(bins, clock),
    ...tiersOf(states).map((series) => tasksChart(series, clock)),
  ];
}

function requestsChart(bins: readonly Bin[], clock: Clock): ChartView {
  return {
    title: 'Requests per second',
    summary: tellRequests(bins, clock),
    unit: '',
    scale: 'linear',
    at: bins.map(({ from }) => secondsOf(clock, from)),
    series: [
      { name: 'answered', look: 'bar-ok', isSteps: false, values: bins.map(({ ok }) => ok) },
      { name: 'failed', look: 'bar-failed', isSteps: false, values: bins.map((bin) => bin.failed) },
    ],
  };
}

function latencyChart(bins: readonly Bin[], clock: Clock): ChartView {
  const looks = { p50: 'solid', p95: 'dashed', p99: 'dotted' } as const;
  return {
    title: 'Time to an answer',
    summary: tellLatency(bins, clock),
    unit: 'ms',
    scale: 'log',
    at: bins.map(({ from, to }) => secondsOf(clock, (from + to) / 2)),
    series: (['p50', 'p95', 'p99'] as const).map((name) => ({
      name,
      look: looks[name],
      isSteps: false,
      values: bins.map((bin) => bin[name] ?? null),
    })),
  };
}

function tasksChart(series: TierSeries, clock: Clock): ChartView {
  const { tier, states } = series;
  return {
    title: `Tasks of ${tier}`,
    summary: tellTasks(series, clock),
    unit: '',
    scale: 'linear',
    at: states.map(({ at }) => secondsOf(clock, at)),
    series: (['desired', 'healthy'] as const).map((name) => ({
      name,
      look: name === 'healthy' ? 'solid' : 'dashed',
      isSteps: true,
      values: states.map((state) => state[name]),
    })),
  };
}

export function stripViews(
  seen: Parameters<typeof stripsOf>[0],
  clock: Clock,
): readonly StripView[] {
  return stripsOf(seen, clock).map(({ name, stretches }) => ({
    name,
    stretches: stretches.map(({ from, to, state, look }) => ({
      from: secondsOf(clock, from),
      to: secondsOf(clock, to),
      state,
      look,
    })),
  }));
}

/** Those that Slack took. */
export function messageViews(events: readonly LabEvent[], clock: Clock): readonly MessageView[] {
  return events.flatMap((event) =>
    event.kind === 'slack' && event.status === 200
      ? [
          {
            since: clock.since(event.at),
            utc: clock.utc(event.at),
            html: renderMessage(event.payload).text,
          },
        ]
      : [],
  );
}
