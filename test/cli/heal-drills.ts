/** A drill function in AWS that answers as it is told, and the commands that ask it. */
import { openDrill } from '../../functions/adapters/events/drill.ts';
import type { DrillAnswer, DrillStatus } from '../../functions/app/drill/drill.ts';
import { type DrillJournal, JOURNAL_SCHEMA } from '../../functions/core/drill/journal.ts';
import type { DrillPlan } from '../../functions/core/drill/plan.ts';
import { offer } from './heal-functions.ts';
import { type Ended, type Look, run } from './heal-run.ts';
import type { Deployment } from './heal-world.ts';

export const ID = 'shop-prod/checkout-api';
export const DRILL_ID = 'drill-20261120-100341-3f9c2k';

export const PLAN: DrillPlan = {
  kind: 'plan',
  service: ID,
  environment: 'staging',
  drill: 'grey-5xx',
  title: 'One task fails its requests',
  hypothesis: 'The ill task, and no other, is stopped.',
  level: 'fault',
  method: ['make one running task answer 500'],
  rollbacks: ['mend the task'],
  target: 'task 0202 in eu-west-1b',
  blastRadius: 'one running task, which mends itself',
  stopConditions: ['fewer than 3 healthy tasks'],
  endsBy: '2026-11-20T11:03:41.516Z',
  limits: ['recover: most 600'],
  unmeasured: ['failedAfter: most 0: requests are not sent by the drill'],
  mayRun: true,
  refusals: [],
};

export function aStatus(part: Partial<DrillStatus> = {}): DrillStatus {
  return {
    drillId: DRILL_ID,
    service: ID,
    environment: 'staging',
    drill: 'grey-5xx',
    level: 'fault',
    by: 'ana',
    phase: 'method',
    step: 'make one running task answer 500',
    startedAt: '2026-11-20T10:03:41.516Z',
    endsBy: '2026-11-20T11:03:41.516Z',
    ...part,
  };
}

export const ENDED: Partial<DrillStatus> = {
  phase: 'ended',
  verdict: 'pass',
  summary: 'recovered in 151 s, 1 limit held',
  rows: [
    {
      measure: 'recover',
      name: 'time to recover',
      meaning: 'fault → recovery proven and recorded',
      unit: 'AWS seconds',
      value: 151,
      limit: { measure: 'recover', at: 'most', value: 600 },
      holds: true,
    },
    {
      measure: 'failedAfter',
      name: 'failed requests after recovery',
      meaning: 'of those sent once it was proven',
      unit: 'percent',
      limit: { measure: 'failedAfter', at: 'most', value: 0 },
      unmeasured: 'requests are not sent by the drill',
    },
  ],
};

export function aJournal(steady: 'succeeded' | 'failed' = 'succeeded'): DrillJournal {
  const before = { type: 'probe', name: 'steady', status: steady, start: '', end: '' } as const;
  return { schema: JOURNAL_SCHEMA, steady_states: { before } } as DrillJournal;
}

export function telling(status: DrillStatus, journal = aJournal()): DrillAnswer {
  return { kind: 'status', service: ID, drills: [status], journal };
}

/** A drill function that gives these answers, by kind of request, the last one again and again. */
export function deployDrill(
  { scene }: Deployment,
  answers: Readonly<Record<string, readonly (DrillAnswer | Error)[]>>,
): {
  readonly requests: readonly Record<string, unknown>[];
} {
  const requests: Record<string, unknown>[] = [];
  const left = new Map(Object.entries(answers).map(([kind, some]) => [kind, [...some]]));
  const run = async (event: unknown): Promise<DrillAnswer> => {
    const request = event as Record<string, unknown>;
    // What the real function would not understand is no request.
    openDrill(event);
    requests.push(request);
    const mine = left.get(String(request['kind'])) ?? [];
    const answer = mine.length > 1 ? mine.shift() : mine[0];
    if (answer === undefined) throw new TypeError(`nothing for ${String(request['kind'])}`);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  scene.functions.push(offer({ name: 'drill', environment: {}, sources: [], run }));
  return { requests };
}

/** Runs a command about drills, with everything that says whom to ask. */
export function drillAt(
  { gateway, path }: Deployment,
  [command = '', ...rest]: readonly string[],
  look?: Look,
): Promise<Ended> {
  const where = ['--endpoint', gateway.url, '--region', 'eu-west-1', '--path', path];
  return run(['drill', command, ...where, '--drill-function', 'drill', ...rest], look);
}
