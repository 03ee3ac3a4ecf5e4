/** Turns what a drill recorded into its journal. */
import type { Incident } from '../../functions/core/incident.ts';
import type { Bundle } from '../../infra/bundle.ts';
import type { Lab } from '../lab/lab.ts';
import { decisionsOf } from './decisions.ts';
import type { IncidentReader } from './incident-reader.ts';
import type { Activity, DrillStatus, Journal } from './journal.ts';
import { type Answer, byStatus, isFailed } from './load.ts';
import { measure } from './measure.ts';
import type { Scenario } from './scenario.ts';
import { judge } from './verdict.ts';

export interface Evidence {
  readonly scenario: Scenario;
  readonly factor: number;
  readonly perSecond: number;
  readonly bundles?: readonly Bundle[];
  readonly lab: Lab;
  readonly reader: IncidentReader;
  readonly answers: readonly Answer[];
  readonly incident: Incident | undefined;
  /** Epoch milliseconds. */
  readonly faultAt: number;
  readonly startedAt: number;
  readonly illTaskArn: string;
  readonly status: DrillStatus;
  readonly before: Activity;
  readonly run: readonly Activity[];
  readonly rollbacks: readonly Activity[];
}

/** A control run, which has no healer, is measured and not judged. */
export async function conclude(evidence: Evidence): Promise<Journal> {
  const { scenario, bundles, factor, status, startedAt, faultAt, lab, incident } = evidence;
  const timeline = incident === undefined ? [] : await evidence.reader.timeline(incident.id);
  const measures = measure({
    events: lab.events.all(),
    answers: evidence.answers,
    faultAt,
    factor,
    illTaskArn: evidence.illTaskArn,
    tasks: lab.site.service.desiredCount,
    timeline,
    ...(incident === undefined ? {} : { incident }),
  });
  const isControl = bundles === undefined;
  const rows = judge(measures, isControl ? [] : scenario.tolerances);
  const deviated = status !== 'completed' || rows.some((row) => row.holds === false);
  const { name, title, description, hypothesis } = scenario;
  return {
    schema: 'ecs-self-healing/journal/1',
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    experiment: { name, title, description, hypothesis },
    healer: !isControl,
    timeFactor: factor,
    status,
    ...(isControl ? {} : { deviated }),
    start: new Date(startedAt).toISOString(),
    end: new Date().toISOString(),
    duration: (Date.now() - startedAt) / 1_000,
    steady_states: { before: evidence.before },
    run: evidence.run,
    rollbacks: evidence.rollbacks,
    rows,
    requests: requestsOf(evidence),
    decisions: decisionsOf(lab.events.all()),
    faultAt: new Date(faultAt).toISOString(),
    illTask: evidence.illTaskArn,
    timeline,
    messages: lab.slack.messages().map(({ payload }) => payload),
    events: lab.events.all(),
  };
}

function requestsOf({ perSecond, answers, faultAt }: Evidence): Journal['requests'] {
  return {
    perSecond,
    ...tally(answers),
    byStatus: byStatus(answers),
    sinceFault: tally(answers.filter(({ at }) => at >= faultAt)),
    answers: answers.map((answer) => ({ ...answer, durationMs: Math.round(answer.durationMs) })),
  };
}

function tally(answers: readonly Answer[]): { readonly sent: number; readonly failed: number } {
  return { sent: answers.length, failed: answers.filter(isFailed).length };
}
