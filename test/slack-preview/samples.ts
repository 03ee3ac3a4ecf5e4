/** Every message of the set, from plausible values. */
import type { SlackMessage } from '../../functions/adapters/slack/blocks.ts';
import type { RenderOptions } from '../../functions/adapters/slack/entry-links.ts';
import { renderSlack } from '../../functions/adapters/slack/render.ts';
import { renderNotice } from '../../functions/adapters/slack/render-notice.ts';
import { ENTRY_KINDS, type Entry } from '../../functions/core/entry.ts';
import { minutes, seconds } from '../../functions/core/time.ts';
import { anEntry, NOW } from '../core/builders.ts';

export interface Sample {
  readonly name: string;
  readonly message: SlackMessage;
}

const OPTIONS: RenderOptions = {
  place: { partition: 'aws', region: 'eu-west-1' },
  logGroups: ['/ecs/shop-prod/checkout-api'],
  runbookUrl: 'https://example.com/runbook',
  canRespond: true,
  mention: 'S0ONCALL',
};

const OVERRIDES: Partial<Record<Entry['kind'], Partial<Entry>>> = {
  opened: { stopped: 0, ledger: {} },
  held: {
    reason: 'deployment-in-progress',
    detail: 'deployment ecs-svc/42 is running',
    stopped: 0,
  },
  escalated: { reason: 'attempts-failed', detail: '2 stops, as bad as before' },
  'stop-refused': { reason: 'stop-refused' },
  explained: {
    reason: 'storm',
    cause: {
      code: 'dependency',
      sentence: '4 failing tasks log the same error of what they call.',
      evidence: ['502 catalog answered 503'],
      fix: 'Heal what this line names, or the way to it.',
    },
  },
  recovered: { ledger: { act: seconds(62), replace: seconds(72), recover: seconds(134) } },
  reopened: { reopened: 1 },
  paused: { detail: 'by ana: load test' },
};

const DRILL = {
  kind: 'drill',
  serviceId: 'shop-staging/checkout-api',
  environment: 'staging',
  drillId: 'drill-20261120-1',
  level: 'fault',
  lead: 'ana',
  method: 'makes one task of four answer 500',
  blastRadius: 'COUNT(1) of 4 tasks',
  stopConditions: ['alarm checkout-api-any-down'],
  stopCommand: 'npm run drill -- stop drill-20261120-1',
  at: NOW,
  endsBy: NOW + minutes(20),
} as const;

export function samples(): readonly Sample[] {
  const entries = ENTRY_KINDS.map((kind) => ({
    name: kind,
    message: renderSlack(anEntry({ kind, ...OVERRIDES[kind] }), OPTIONS),
  }));
  return [...entries, ...notices()];
}

function notices(): readonly Sample[] {
  const observing = anEntry({ kind: 'held', reason: 'observe-only', detail: 'would stop 1 task' });
  const end = {
    verdict: 'pass',
    summary: 'recovered in 2 min 31 s (limit 5 min)',
    assertions: [{ name: 'recovery', measured: '2 min 31 s', limit: '5 min', holds: true }],
    rollback: 'the fault switch is off',
    reportUrl: 'https://example.com/report',
  } as const;
  return [
    { name: 'observe', message: renderSlack(observing, OPTIONS) },
    { name: 'drill started', message: renderNotice(DRILL) },
    { name: 'drill ended', message: renderNotice({ ...DRILL, end }) },
    {
      name: 'healer broken',
      message: renderNotice({
        kind: 'broken',
        environment: 'prod',
        cannot: 'read the services of cluster shop-prod',
        code: 'ecs.access-denied',
        detail: 'ecs:DescribeServices was refused',
        hint: 'allow ecs:DescribeServices to the role of remediate',
        services: 3,
        since: NOW - minutes(4),
        at: NOW,
        runbookUrl: 'https://example.com/runbook',
      }),
    },
    {
      name: 'weekly digest',
      message: renderNotice({
        kind: 'digest',
        environment: 'prod',
        from: NOW - minutes(7 * 24 * 60),
        to: NOW,
        services: 12,
        incidents: 5,
        recovered: 4,
        escalated: 1,
        open: 0,
        stops: 4,
        recover: seconds(134),
        drills: { passed: 1, run: 1 },
        repeated: [{ serviceId: 'shop-prod/checkout-api', incidents: 3, hint: 'revision 57' }],
      }),
    },
  ];
}
