/** A drill in words: what it is, what it would do, how it stands and what it showed. */
import type { DrillStatus } from '../../app/drill/drill.ts';
import { spellRefusal } from '../../core/drill/refusal.ts';
import type { Row as Measured } from '../../core/drill/verdict.ts';
import { between, epochMillis, spell } from '../../core/time.ts';
import { type Card, type Row, row, type Tell } from './card.ts';
import type { DrillEvent, DrillFollowed, DrillOffered, DrillPlanned } from './drill-events.ts';

export function describeDrill(event: DrillEvent, tell: Tell): Card {
  switch (event.kind) {
    case 'drill':
      return describeOffer(event);
    case 'drill-plan':
      return describePlan(event, tell);
    case 'drill-status':
      return describeStatus(event, tell);
  }
}

function describeOffer({ definition }: DrillOffered): Card {
  const { name, title, level, description, hypothesis, method } = definition;
  return {
    tone: 'quiet',
    state: 'DRILL',
    title: `${name}: ${title}`,
    rows: [
      ...row('level', level),
      ...row('what', description),
      ...row('hypothesis', hypothesis),
      ...method.flatMap((step) => row('method', step.name)),
    ],
  };
}

function describePlan({ plan, place }: DrillPlanned, tell: Tell): Card {
  const { service, environment, mayRun, refusals } = plan;
  const stops =
    plan.level === 'fault' ? 'that task, by the healer, once it finds it' : 'no task, by anybody';
  return {
    tone: mayRun ? 'good' : 'bad',
    state: mayRun ? 'PLAN' : 'NOT NOW',
    title: `${plan.drill} on ${service} (${environment}): ${plan.title}`,
    rows: [
      ...refusals.flatMap((refusal) => row('refused', spellRefusal(refusal))),
      ...row('where', place && `account ${place.accountId}, ${place.region}`),
      ...row('hypothesis', plan.hypothesis),
      ...row('steady', mayRun ? 'yes: alarms OK, all tasks healthy, nothing open' : undefined),
      ...row('level', plan.level),
      ...row('target', plan.target),
      ...row('touches', plan.blastRadius),
      ...row('is stopped', stops),
      ...plan.method.flatMap((step) => row('method', step)),
      ...plan.rollbacks.flatMap((step) => row('rollback', step)),
      ...plan.stopConditions.flatMap((condition) => row('ends at once', condition)),
      ...plan.limits.flatMap((limit) => row('limit', limit)),
      ...plan.unmeasured.flatMap((limit) => row('not measured', limit)),
      ...row('ends by', tell(epochMillis(Date.parse(plan.endsBy)))),
      ...row('is told', 'whoever hears of incidents: that it begins, and what came of it'),
    ],
  };
}

const PHASES: Readonly<Record<DrillStatus['phase'], string>> = {
  starting: 'STARTING',
  method: 'BREAKING',
  following: 'FOLLOWING',
  'rolling-back': 'ROLLING BACK',
  ending: 'ENDING',
  ended: 'ENDED',
};

const VERDICTS: Readonly<
  Record<NonNullable<DrillStatus['verdict']>, Pick<Card, 'tone' | 'state'>>
> = {
  pass: { tone: 'good', state: 'PASS' },
  fail: { tone: 'bad', state: 'FAIL' },
  aborted: { tone: 'bad', state: 'ABORTED' },
};

function describeStatus({ at, status }: DrillFollowed, tell: Tell): Card {
  const { drillId, drill, service, phase, step, verdict, endsBy, rows = [] } = status;
  const isOver = phase === 'ended';
  const words =
    isOver && verdict !== undefined
      ? VERDICTS[verdict]
      : ({ tone: 'waiting', state: PHASES[phase] } as const);
  const startedAt = epochMillis(Date.parse(status.startedAt));
  const ends = isOver ? undefined : tell(epochMillis(Date.parse(endsBy)));
  return {
    ...words,
    title: `${drillId}  ${drill} on ${service} by ${status.by}`,
    at: isOver ? startedAt : at,
    rows: [
      ...row('step', step),
      ...row('task', status.target),
      ...row('result', status.summary ?? status.abort),
      // One that was ended early proves nothing, for or against.
      ...(isOver && verdict !== 'aborted' ? rows.flatMap(describeMeasured) : []),
      ...row('on for', isOver ? undefined : spell(between(startedAt, at))),
      ...row('ends by', ends),
    ],
  };
}

const WORDS = { most: 'at most', least: 'at least', exactly: 'exactly' } as const;

/** Measured value and limit side by side; what has no limit is left to the report. */
function describeMeasured({
  name,
  unit,
  value,
  limit,
  holds,
  unmeasured,
}: Measured): readonly Row[] {
  if (limit === undefined) return [];
  const of = (amount: number | string): string =>
    unit === 'AWS seconds' ? `${Number(amount).toFixed(0)} s` : String(amount);
  const wanted = `${WORDS[limit.at]} ${of(limit.value)}`;
  if (unmeasured !== undefined) return row('not measured', `${name} (${wanted}): ${unmeasured}`);
  const got = value === undefined ? 'not seen' : of(value);
  return row(holds === true ? 'held' : 'broken', `${name}: ${got}, ${wanted}`);
}
