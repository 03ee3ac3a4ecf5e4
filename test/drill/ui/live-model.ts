/** A drill so far, from what it says while it runs; the same numbers as those of its report. */
import type { LabEvent } from '../../lab/events.ts';
import type { StateSample } from '../journal.ts';
import { type Answer, isFailed } from '../load.ts';
import type { Progress, Status } from '../progress.ts';
import { Clock } from '../report/clock.ts';
import { type Bands, bandsOf, tiersOf } from '../report/series.ts';
import { isStop } from '../report/stops.ts';
import { eventPoints, joinAlike, type Point } from '../report/timeline.ts';
import { readDecision } from './decided.ts';
import type { View } from './view.ts';
import { axisOf, bandViews, cardsOf, chartsOf, messageViews, stripViews } from './view-parts.ts';

export class LiveModel {
  readonly #name: string;
  readonly #events: LabEvent[] = [];
  readonly #answers: Answer[] = [];
  readonly #states: StateSample[] = [];
  /** Phases and decisions; what the stream tells is read from the stream. */
  readonly #points: Point[] = [];
  #started: Extract<Progress, { readonly kind: 'started' }> | undefined;
  #status: Status | undefined;
  #drawn: View['charts'] | undefined;
  #phase = 'beginning';
  #elapsedMs = 0;
  #state: View['state'] = 'running';
  #lastDecision = '';

  constructor(name: string) {
    this.#name = name;
  }

  show(progress: Progress): void {
    this.#elapsedMs = progress.elapsedMs;
    switch (progress.kind) {
      case 'started':
        this.#started = progress;
        return;
      case 'phase':
        this.#phase = progress.name === 'following' ? 'following the incident' : progress.name;
        this.#points.push({ at: this.#now(), what: this.#phase, source: 'drill' });
        return;
      case 'lab':
        this.#note(progress.event);
        return;
      case 'status': {
        const { healthy, desired, incident, backend } = progress.status;
        this.#status = progress.status;
        this.#answers.push(...progress.status.answers);
        const state = { at: this.#now(), healthy, desired, incident };
        this.#states.push({ ...state, ...(backend && { backend }) });
        this.#drawn = undefined;
        return;
      }
      case 'finished':
        return;
    }
  }

  /** Somebody asked for the end; it comes when everything is cleaned up. */
  stopping(): void {
    this.#state = 'stopping';
    this.#phase = 'stopping: rolling back and cleaning up';
  }

  view(): View {
    const clock = this.#clock();
    const bands = this.#bands(clock);
    const { tasks = [], illTasks = [] } = this.#status ?? {};
    return {
      name: this.#name,
      title: this.#started?.title ?? '',
      hypothesis: this.#started?.hypothesis ?? '',
      setting: this.#setting(),
      state: this.#state,
      phase: this.#phase,
      elapsedMs: this.#elapsedMs,
      ...this.#standing(),
      ...cardsOf({ events: this.#events, tasks, illTasks }, bands, clock),
      axis: axisOf(clock),
      bands: bandViews(bands, clock),
      charts: this.#charts(clock),
      strips: stripViews({ events: this.#events, states: this.#states }, clock),
      points: this.#allPoints().map(({ at, what, source }) => ({
        since: clock.since(at),
        utc: clock.utc(at),
        what,
        source,
      })),
      messages: messageViews(this.#events, clock),
    };
  }

  /** Of the last status: nothing that they show changes in between, and they are the most work. */
  #charts(clock: Clock): View['charts'] {
    this.#drawn ??= chartsOf(this.#answers, this.#states, clock);
    return this.#drawn;
  }

  #note(event: LabEvent): void {
    this.#events.push(event);
    const decision = event.kind === 'function-log' ? readDecision(event.line) : undefined;
    // The same one again in a row says nothing new.
    if (decision === undefined || decision.key === this.#lastDecision) return;
    this.#lastDecision = decision.key;
    this.#points.push({ at: event.at, what: decision.words, source: 'healer' });
  }

  #now(): number {
    return (this.#started?.startedAt ?? 0) + this.#elapsedMs;
  }

  #clock(): Clock {
    const { startedAt = 0, factor = 1 } = this.#started ?? {};
    const faultAt = this.#status?.faultAt;
    return new Clock({
      start: new Date(startedAt).toISOString(),
      end: new Date(this.#now()).toISOString(),
      timeFactor: factor,
      ...(faultAt !== undefined && { faultAt: new Date(faultAt).toISOString() }),
    });
  }

  #setting(): string {
    const { healer = true, factor = 1 } = this.#started ?? {};
    const who = healer ? 'with the healer' : 'with ECS alone, without the healer';
    return `Drill ${this.#name} in the lab (L0), ${who}; AWS’s periods are divided by ${factor}.`;
  }

  #standing(): Pick<View, 'now'> {
    if (this.#status === undefined) return {};
    const { sent, failed, failing } = this.#status;
    const tiers = tiersOf(this.#states.slice(-1)).flatMap(({ tier, states }) =>
      states.map((state) => ({ tier, ...state })),
    );
    return { now: { sent, failed, failing, alarms: this.#ringing(), tiers } };
  }

  /** By the stream, which is ahead of the status by up to a second. */
  #ringing(): readonly string[] {
    const states = new Map(
      this.#events.flatMap((event) =>
        event.kind === 'alarm-state' ? [[event.alarmName, event.to] as const] : [],
      ),
    );
    return [...states].flatMap(([name, state]) => (state === 'ALARM' ? [name] : []));
  }

  /** The incident records are read when the drill is over; until then the stream says as much. */
  #bands(clock: Clock): Bands {
    const stops = this.#events.flatMap((event) =>
      isStop(event) && event.status === 200
        ? [{ at: event.endedAt, kind: 'stopped' as const }]
        : [],
    );
    const ends = tiersOf(this.#states).flatMap(({ states }) =>
      states.flatMap(({ at, incident }) => {
        const [word] = incident.split(' ');
        return word === 'recovered' || word === 'escalated'
          ? [{ at, kind: word as 'recovered' | 'escalated' }]
          : [];
      }),
    );
    const first = ends.find(({ at }) => at > (stops.at(-1)?.at ?? 0));
    const timeline = first === undefined ? stops : [...stops, first];
    return bandsOf({ faults: this.#status?.faults ?? [], timeline }, clock);
  }

  /** Before the fault nothing but the drill is told of: that tasks start is no news. */
  #allPoints(): readonly Point[] {
    const zero = this.#status?.faultAt ?? Number.POSITIVE_INFINITY;
    const failed = this.#answers.find((answer) => answer.at >= zero && isFailed(answer));
    const first = failed && {
      at: failed.at,
      what: `first failed request: ${failed.status}`,
      source: 'load',
    };
    const own = this.#points.filter(({ at, source }) => source === 'drill' || at >= zero);
    const points = [...own, ...eventPoints(this.#events, zero), ...(first ? [first] : [])];
    return joinAlike(
      points.toSorted((a, b) => a.at - b.at),
      zero,
    );
  }
}
