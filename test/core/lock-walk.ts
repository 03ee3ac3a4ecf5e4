/** A random walk of one service's lock: moods of the service, answers of ECS, deaths of the claimer, pauses. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { advance } from '../../functions/core/advance.ts';
import type { Change, Step } from '../../functions/core/change.ts';
import { type LockState, stopsInWindow } from '../../functions/core/lock.ts';
import { type EpochMillis, earlier, later, seconds } from '../../functions/core/time.ts';
import type { Victim } from '../../functions/core/verdict.ts';
import {
  aLock,
  anAlarm,
  anAlarmDelivery,
  aService,
  aTarget,
  aTask,
  NOW,
  type Scene,
  traffic,
} from './builders.ts';
import { answerOf, stepOf } from './steps.ts';

/** Short limits, so that a walk of an hour meets each of them. */
const SERVICE = aService({
  budget: 2,
  budgetWindowSeconds: 600,
  cooldownSeconds: 60,
  settleSeconds: 30,
  holdSeconds: 30,
  escalateAfterSeconds: 300,
});

type Mood = 'one fails' | 'all fail' | 'one is sick' | 'all is well' | 'deploying';

export interface Stride {
  readonly wait: number;
  readonly mood: Mood;
  readonly who: number;
  /** What becomes of a stop; `lost` means that the claimer dies before it can record anything. */
  readonly answer: 'accepted' | 'refused' | 'lost';
  readonly deliver: 'ALARM' | 'OK';
  readonly pauses: boolean;
}

export const aStride: fc.Arbitrary<Stride> = fc.record({
  wait: fc.integer({ min: 1, max: 200 }),
  mood: fc.oneof(
    { weight: 5, arbitrary: fc.constant<Mood>('one fails') },
    { weight: 3, arbitrary: fc.constant<Mood>('all is well') },
    {
      weight: 1,
      arbitrary: fc.constantFrom<Mood>('all fail', 'one is sick', 'deploying'),
    },
  ),
  who: fc.integer({ min: 0, max: 3 }),
  answer: fc.oneof(
    { weight: 6, arbitrary: fc.constant('accepted' as const) },
    { weight: 1, arbitrary: fc.constantFrom('refused' as const, 'lost' as const) },
  ),
  deliver: fc.oneof(
    { weight: 5, arbitrary: fc.constant('ALARM' as const) },
    { weight: 1, arbitrary: fc.constant('OK' as const) },
  ),
  pauses: fc.integer({ min: 0, max: 9 }).map((draw) => draw === 0),
});

/** The lock and what a bystander has seen of it, checked after every change. */
export class Walk {
  lock: LockState = aLock();
  /** What the walk has met, so that a test can tell that it was not idle. */
  readonly met: Set<string>;
  #now: EpochMillis = NOW;
  #tasks = [1, 2, 3, 4];
  #claimed: Victim | undefined;
  readonly #stops: EpochMillis[] = [];
  readonly #ids = new Set<string>();

  constructor(met: Set<string>) {
    this.met = met;
  }

  stride({ wait, mood, who, answer, deliver, pauses }: Stride): void {
    this.#now = later(this.#now, seconds(wait));
    if (pauses) this.#pause();
    const step = stepOf({
      lock: this.lock,
      at: this.#now,
      scene: this.#sceneOf(mood, who),
      service: SERVICE,
      delivery: anAlarmDelivery(deliver),
    });
    const change = advance(step);
    if (change !== undefined) this.#take(change);
    this.#checkClaim(step);
    if (step.decision.verdict.kind === 'act') this.#answer(step, answer);
  }

  #pause(): void {
    const pause = { by: 'ana', why: 'load test', until: later(this.#now, seconds(60)) };
    this.lock = { ...this.lock, version: this.lock.version + 1, pause };
  }

  /** An act makes a claim or completes the one that is open; only the end of the matter gives one up. */
  #checkClaim({ decision: { verdict } }: Step): void {
    this.met.add(verdict.kind === 'settled' ? verdict.outcome : verdict.kind);
    if ('reason' in verdict) this.met.add(verdict.reason);
    if (verdict.kind === 'act') {
      this.met.add(verdict.completing ? 'completing' : 'claiming');
      if (verdict.completing) expect(verdict.victim).toEqual(this.#claimed);
      else expect(this.#claimed).toBeUndefined();
      this.#claimed = verdict.victim;
    }
    const isOver = verdict.kind === 'settled' && verdict.outcome === 'recovered';
    if (isOver || verdict.kind === 'escalate') this.#claimed = undefined;
    expect(this.lock.intent?.victim).toEqual(this.#claimed);
  }

  #answer(step: Step, answer: Stride['answer']): void {
    this.met.add(answer);
    if (answer === 'lost') return;
    this.#now = later(this.#now, seconds(2));
    const given = answer === 'accepted' ? answer : { refused: 'AccessDenied' };
    this.#take(answerOf(step, this.lock, this.#now, given));
    if (answer === 'accepted') this.#replace(this.#claimed?.taskArn);
    this.#claimed = undefined;
    expect(this.lock.intent).toBeUndefined();
  }

  #replace(arn: string | undefined): void {
    const fresh = Math.max(...this.#tasks) + 1;
    this.#tasks = this.#tasks.map((n) => (aTask(n).arn === arn ? fresh : n));
    this.#stops.push(this.#now);
    const since = earlier(this.#now, SERVICE.policy.budgetWindow);
    const inWindow = this.#stops.filter((at) => at > since);
    expect(inWindow.length).toBeLessThanOrEqual(SERVICE.policy.budget);
    expect(stopsInWindow(this.lock, SERVICE.policy, this.#now)).toHaveLength(inWindow.length);
  }

  /** One change raises the version by one, adds its entries and loses none. */
  #take(change: Change): void {
    expect(change.next.version).toBe(this.lock.version + 1);
    expect(change.next.outbox).toEqual([...this.lock.outbox, ...change.entries]);
    for (const { id } of change.entries) {
      expect(this.#ids.has(id)).toBe(false);
      this.#ids.add(id);
    }
    this.lock = change.next;
  }

  #sceneOf(mood: Mood, who: number): Scene {
    const errors = (index: number): number => {
      if (mood === 'all fail') return 80;
      return mood === 'one fails' && index === who ? 80 : 0;
    };
    const isWell = mood === 'all is well';
    const since = earlier(this.#now, seconds(40));
    const rolling = { status: 'PRIMARY', rolloutState: 'IN_PROGRESS', taskDefinition: 'x:43' };
    return {
      alarms: [anAlarm({ state: isWell ? 'OK' : 'ALARM', since })],
      tasks: this.#tasks.map((n) => aTask(n)),
      targets: this.#tasks.map((n, index) =>
        aTarget(n, mood === 'one is sick' && index === who ? { state: 'unhealthy' } : {}),
      ),
      traffic: this.#tasks.map((n, index) => traffic(n, 100, errors(index))),
      ...(mood === 'deploying' ? { service: { deployments: [{ id: 'd', ...rolling }] } } : {}),
    };
  }
}
