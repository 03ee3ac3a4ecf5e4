/** Notices of every kind, from plausible values. */
import type { Notice } from '../../functions/core/notice.ts';
import { minutes, seconds } from '../../functions/core/time.ts';
import { NOW } from '../core/builders.ts';

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
  stopCommand: 'npm run heal -- drill stop drill-20261120-1',
  at: NOW,
  endsBy: NOW + minutes(20),
} as const;

const END = {
  verdict: 'pass',
  summary: 'recovered in 2 min 31 s (limit 5 min)',
  assertions: [{ name: 'recovery', measured: '2 min 31 s', limit: '5 min', holds: true }],
  rollback: 'the fault switch is off',
  reportUrl: 'https://example.com/report',
} as const;

const BROKEN = {
  kind: 'broken',
  environment: 'prod',
  cannot: 'read the services of cluster shop-prod',
  code: 'no-access',
  detail: 'ecs:DescribeServices was refused',
  hint: 'allow ecs:DescribeServices to the role of remediate',
  services: 3,
  since: NOW - minutes(4),
  at: NOW,
  runbookUrl: 'https://example.com/runbook',
} as const;

const DIGEST = {
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
} as const;

export const NOTICES: readonly { readonly name: string; readonly notice: Notice }[] = [
  { name: 'drill started', notice: DRILL },
  { name: 'drill ended', notice: { ...DRILL, end: END } },
  { name: 'healer broken', notice: BROKEN },
  { name: 'healer mended', notice: { ...BROKEN, works: true, at: NOW + minutes(9) } },
  { name: 'weekly digest', notice: DIGEST },
];
