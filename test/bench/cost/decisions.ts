/** What decisions cost in calls, round trips and CPU; one process of the bundled remediate function, warm or new. */

import type { CountedCalls } from '../../../infra/docs/incident-calls.ts';
import { longestChain } from '../../drill/round-trips.ts';
import type { RecordedCall } from '../../lab/events.ts';
import { anAlarm } from './an-alarm.ts';
import { CostAws } from './aws.ts';
import { chargedFor } from './incident-counts.ts';
import { MeasuredProcess, type Usage } from './measured-process.ts';

/** So long that calls which may run side by side do, on a machine with other work too. */
const LATENCY_MS = 400;

const DELIVERIES = 3;

export interface DecisionCounts {
  readonly verdict: string;
  readonly calls: number;
  readonly roundTrips: number;
  /** Until ECS has accepted the stop. */
  readonly tripsToStop?: number;
}

export interface Counted {
  readonly decisions: readonly DecisionCounts[];
  /** After all of them. */
  readonly usage: Usage;
}

/**
 * The first decision of a new process, which stops a task; and the next two, of the same alarm delivered again: one
 * that says for the first time why it holds, and one that has nothing new to say.
 */
export async function countDecisions(file: string): Promise<Counted> {
  const aws = await CostAws.open(LATENCY_MS);
  try {
    const process = await MeasuredProcess.start({
      file,
      environment: aws.environmentOf('remediate'),
    });
    const event = anAlarm();
    const decisions: DecisionCounts[] = [];
    let usage = process.ready;
    for (let delivery = 0; delivery < DELIVERIES; delivery += 1) {
      const before = aws.calls().length;
      usage = await process.invoke(event);
      decisions.push(countsOf(usage, aws.calls(before)));
    }
    await process.end();
    return { decisions, usage };
  } finally {
    await aws.close();
  }
}

function countsOf({ payload }: Usage, calls: readonly RecordedCall[]): DecisionCounts {
  const stop = calls.find(({ operation }) => operation === 'StopTask');
  const toStop = stop && longestChain(calls.filter(({ at }) => at <= stop.at));
  return {
    verdict: verdictOf(payload),
    calls: calls.length,
    roundTrips: longestChain(calls),
    ...(toStop !== undefined && { tripsToStop: toStop }),
  };
}

/** @throws when it is none: what was measured then is no decision. */
export function verdictOf(payload: unknown): string {
  const { verdict, reason } = (payload ?? {}) as { verdict?: string; reason?: string };
  if (verdict === undefined) {
    throw new Error(`remediate: got ${JSON.stringify(payload)}, wanted a verdict`);
  }
  return reason === undefined ? verdict : `${verdict} ${reason}`;
}

/** What one look of the watchdog is charged for, in a process that has looked before. */
export async function countLook(file: string): Promise<CountedCalls> {
  const aws = await CostAws.open();
  try {
    const process = await MeasuredProcess.start({
      file,
      environment: aws.environmentOf('remediate'),
    });
    let before = 0;
    for (let look = 0; look < 2; look += 1) {
      before = aws.calls().length;
      verdictOf((await process.invoke({ kind: 'watchdog' })).payload);
    }
    const calls = aws.calls(before);
    await process.end();
    const lines = (await process.output).trimEnd().split('\n');
    return chargedFor(calls, lines.slice(lines.length / 2));
  } finally {
    await aws.close();
  }
}

export interface WarmCost {
  readonly calls: number;
  /** Medians. */
  readonly cpuMsPerDecision: number;
  readonly cpuMsPerCall: number;
}

/** CPU of decisions that stop a task, in one process that has made some already. */
export async function warmDecisions(file: string, rounds: number): Promise<WarmCost> {
  const aws = await CostAws.open();
  try {
    const process = await MeasuredProcess.start({
      file,
      environment: aws.environmentOf('remediate'),
    });
    let { cpuMs } = await process.invoke(anAlarm());
    const spent: number[] = [];
    let calls = 0;
    for (let round = 0; round < rounds; round += 1) {
      await aws.forget();
      const before = aws.calls().length;
      const usage = await process.invoke(anAlarm());
      verdictOf(usage.payload);
      calls = aws.calls(before).length;
      spent.push(usage.cpuMs - cpuMs);
      cpuMs = usage.cpuMs;
    }
    await process.end();
    const cpuMsPerDecision = median(spent);
    return { calls, cpuMsPerDecision, cpuMsPerCall: cpuMsPerDecision / calls };
  } finally {
    await aws.close();
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length >> 1;
  const [low = Number.NaN, high = Number.NaN] = [
    sorted.at((sorted.length - 1) >> 1),
    sorted[middle],
  ];
  return (low + high) / 2;
}
