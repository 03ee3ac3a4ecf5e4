/** Two alarms of a service: its error share, and targets that fail their checks. They look once a minute. */
import type { AlarmState } from '../../functions/core/delivery.ts';
import { type Fleet, isIll, type Step, served, valueAt } from './fleet.ts';

export interface SimAlarm {
  readonly arn: string;
  readonly name: string;
  readonly states: Step<AlarmState>[];
}

export interface AlarmChange {
  readonly alarm: SimAlarm;
  readonly state: AlarmState;
  readonly previous: AlarmState;
  readonly at: number;
}

const PREFIX = 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm';
const SHARE = 0.05;
const MINUTE_MS = 60_000;

export function alarmArns(name: string): readonly string[] {
  return ['errors', 'hosts'].map((ending) => `${PREFIX}:${name}-${ending}`);
}

export class Alarms {
  readonly all: readonly SimAlarm[];
  /** While this holds its actions are suppressed. */
  readonly suppressed: Step<boolean>[];
  readonly #fleet: Fleet;

  constructor(name: string, fleet: Fleet, start: number) {
    this.#fleet = fleet;
    this.suppressed = [{ at: start, value: false }];
    this.all = alarmArns(name).map((arn) => ({
      arn,
      name: arn.slice(PREFIX.length + 1),
      states: [{ at: start, value: 'OK' }],
    }));
  }

  ringsAt(at: number): boolean {
    return this.all.some(({ states }) => valueAt(states, at) === 'ALARM');
  }

  /** The alarm that has rung for longest, and when it began to; an alarm that is suppressed calls nobody. */
  ringsSince(now: number): { readonly name: string; readonly at: number } | undefined {
    if (valueAt(this.suppressed, now)) return undefined;
    return this.all
      .flatMap(({ name, states }) => {
        const last = states.at(-1);
        return last?.value === 'ALARM' ? [{ name, at: last.at }] : [];
      })
      .toSorted((one, other) => one.at - other.at)[0];
  }

  /** @returns what changed. */
  evaluate(now: number): readonly AlarmChange[] {
    return this.all.flatMap((alarm, index): readonly AlarmChange[] => {
      const state: AlarmState = this.#isBad(index, now) ? 'ALARM' : 'OK';
      const previous = valueAt(alarm.states, now);
      if (state === previous) return [];
      alarm.states.push({ at: now, value: state });
      return [{ alarm, state, previous, at: now }];
    });
  }

  #isBad(index: number, now: number): boolean {
    const tasks = this.#fleet.tasks.filter(({ healthyAt }) => healthyAt <= now);
    if (index === 1) {
      return this.#fleet.liveAt(now).some((task) => isIll(task, now, ['unhealthy']));
    }
    const tallies = tasks.map((task) => served(task, now - MINUTE_MS, now));
    const requests = tallies.reduce((sum, tally) => sum + tally.requests, 0);
    const bad = tallies.reduce((sum, tally) => sum + tally.errors + tally.slow, 0);
    return requests >= 10 && bad / requests >= SHARE;
  }
}
