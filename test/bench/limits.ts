/** Our run held against the definition's own limits, as far as the virtual world measures them. */
import type { Entry } from '../../functions/core/entry.ts';
import type { Definition } from '../drill/definition.ts';
import type { Measures } from '../drill/measure.ts';
import type { MeasureName } from '../drill/tolerance.ts';
import { judge, type Row } from '../drill/verdict.ts';
import type { OurRun } from './healing.ts';
import { countFalseClaims } from './measure.ts';
import type { World } from './world/world.ts';

/** What needs real calls, and the wiring of what is deployed. */
const UNMEASURED: readonly MeasureName[] = ['roundTrips', 'calls', 'clearings'];

/** Reasons that pass by themselves are left out, as in the drill. */
const PASSING = ['alarm-cleared', 'settling', 'lock-held', 'starting', 'no-suspect'];

/** @returns the limits that are broken, in words; none when all hold. */
export function brokenLimits(definition: Definition, run: OurRun): readonly string[] {
  const limits = definition.tolerances.filter(({ measure }) => !UNMEASURED.includes(measure));
  const rows = judge(measuresOf(run), limits);
  return rows.flatMap((row) => (row.holds === false ? [tell(row)] : []));
}

function tell({ measure, value, limit }: Row): string {
  const wanted = limit === undefined ? 'no limit' : `at ${limit.at} ${limit.value}`;
  return `${measure}: got ${value ?? 'nothing'}, wanted ${wanted.replace('at exactly ', '')}`;
}

function measuresOf({ world, healer, schedule }: OurRun): Measures {
  const { stops, rings } = world.truth;
  const { faultAt } = schedule;
  const incident = healer.lock('checkout-api').incident;
  const behind = healer.lock('catalog-api').incident;
  const alarmAt = rings.find(({ at }) => at >= faultAt)?.at;
  const span = (from?: number, to?: number) =>
    from === undefined || to === undefined ? undefined : (to - from) / 1_000;
  const ill = stops.filter(({ wasIll }) => wasIll).length;
  const values: { readonly [M in MeasureName]?: number | string | undefined } = {
    detect: span(faultAt, alarmAt),
    act: span(alarmAt, stops[0]?.at),
    replace: span(stops[0]?.at, stops[0]?.wholeAt),
    recover: span(faultAt, incident?.recoveredAt),
    failedAfter: failedAfter(world, incident?.recoveredAt),
    stops: stops.length,
    stoppedIll: ill,
    stoppedOther: stops.length - ill,
    stoppedBackend: stops.filter(({ service }) => service.tier === 'catalog-api').length,
    floorBreaches: stops.filter(({ isBreach }) => isBreach).length,
    state: incident?.state,
    backendState: behind?.state,
    falseRecovered: countFalseClaims(world),
    deliveries: healer.ringsHeard,
    ...said([...healer.store.kept.values()], 'shop-prod/checkout-api'),
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** Percent of the users' requests once the recovery was proven. */
function failedAfter({ sites }: World, recoveredAt: number | undefined): number | undefined {
  if (recoveredAt === undefined) return undefined;
  const after = sites[0]?.metrics.seconds.filter(({ at }) => at >= recoveredAt) ?? [];
  const requests = after.reduce((sum, second) => sum + second.requests, 0);
  const failed = after.reduce((sum, second) => sum + second.failed, 0);
  return requests === 0 ? 0 : (failed / requests) * 100;
}

function said(kept: readonly Entry[], serviceId: string) {
  const own = kept.filter((entry) => entry.serviceId === serviceId);
  const of = (kind: Entry['kind']) => own.filter((entry) => entry.kind === kind);
  const holds = of('held').toReversed();
  const reasons = holds.flatMap(({ reason }) => reason ?? []).toReversed();
  const lasting = reasons.filter((reason) => !PASSING.includes(reason));
  return {
    incidents: new Set(of('opened').map(({ incidentId }) => incidentId)).size,
    reopened: of('reopened').length,
    escalation: of('escalated')[0]?.reason,
    cause: [...of('escalated'), ...holds].flatMap(({ cause }) => cause?.code ?? [])[0],
    outcome: of('recovered').at(-1)?.outcome,
    held: lasting.length === 0 ? undefined : [...new Set(lasting)].join(', '),
    announced: announced(own),
  };
}

const WORDS: Partial<Record<Entry['kind'], string>> = {
  stopped: 'ACTING',
  held: 'HOLDING',
  escalated: 'NEEDS YOU',
  recovered: 'RECOVERED',
};

function announced(entries: readonly Entry[]): string {
  const told = entries.filter(({ announce }) => announce);
  return told.map(({ kind }) => WORDS[kind] ?? 'other').join(', ');
}
