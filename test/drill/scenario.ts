/** What a drill is: the words of Chaos Toolkit (hypothesis, method, rollbacks, tolerance), over the lab. */
import type { LockState } from '../../functions/core/lock.ts';
import type { TaskRecord } from '../lab/ecs/model.ts';
import type { Lab } from '../lab/lab.ts';

/** What a method step may use. */
export interface Stage {
  readonly lab: Lab;
  /** The task the drill makes ill; fixed when the drill starts. */
  readonly victim: TaskRecord;
  /** Waits AWS seconds. @throws when the drill is interrupted. */
  wait(awsSeconds: number): Promise<void>;
  /** Waits until the condition holds. @throws when it does not in time, or the drill is interrupted. */
  until(
    what: string,
    condition: () => boolean | Promise<boolean>,
    awsSeconds: number,
  ): Promise<void>;
  /** The healer's lock as it is now. */
  lock(): Promise<LockState>;
}

export interface Action {
  readonly name: string;
  readonly run: (stage: Stage) => Promise<void>;
}

export type Unit = 'AWS seconds' | 'count' | 'percent' | 'text';

/** A limit on one measured value. */
export interface Tolerance {
  readonly measure: MeasureName;
  readonly at: 'most' | 'least' | 'exactly';
  readonly value: number | string;
}

/**
 * Durations are in AWS seconds: measured time multiplied by the lab's factor. What a machine really computes is not
 * compressed, so it counts there many times over.
 */
export const MEASURES = {
  detect: ['time to detect', 'AWS seconds', 'fault → alarm in ALARM'],
  act: ['time to act', 'AWS seconds', 'alarm → StopTask accepted'],
  replace: ['time to replace', 'AWS seconds', 'StopTask accepted → every task healthy again'],
  recover: ['time to recover', 'AWS seconds', 'fault → recovery proven and recorded'],
  stops: ['tasks stopped by the healer', 'count', 'accepted StopTask calls'],
  stoppedIll: ['of these, the ill one', 'count', 'the task the drill made ill'],
  stoppedOther: ['of these, healthy ones', 'count', 'any other task'],
  state: ['incident ends', 'text', 'state of the incident record'],
  escalation: ['escalated for', 'text', 'reason of the escalation'],
  held: ['held for', 'text', 'reasons in the order in which they came'],
  announced: ['messages in Slack', 'text', 'state words in order'],
  failedAfter: ['failed requests after recovery', 'percent', 'of those sent once it was proven'],
  deliveries: [
    'alarm deliveries handled',
    'count',
    'invocations of remediate by an alarm in ALARM',
  ],
  roundTrips: ['round trips to a stop', 'count', 'longest chain of calls up to StopTask accepted'],
  calls: ['AWS calls of the acting decision', 'count', 'all calls of the invocation that stopped'],
} as const satisfies Record<string, readonly [string, Unit, string]>;

export type MeasureName = keyof typeof MEASURES;

export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** One sentence that the drill proves or refutes. */
  readonly hypothesis: string;
  /** Which running task is made ill, counted from 0. */
  readonly victim: number;
  /** Settings of the service before the drill starts. */
  readonly maximumPercent?: number;
  /** Turns the fault on. */
  readonly method: readonly Action[];
  /** The state of the incident in which the method ends and the rollbacks begin. */
  readonly until: 'recovered' | 'escalated';
  /** Always run, also after a failure. */
  readonly rollbacks: readonly Action[];
  readonly tolerances: readonly Tolerance[];
  /** AWS seconds after which the drill gives up waiting. */
  readonly timeLimit: number;
}
