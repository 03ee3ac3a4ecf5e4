/** Every fact in words. */
import { between, iso, spell } from '../../core/time.ts';
import { type Card, row, type Tell, type Tone } from './card.ts';
import { describeAnswer } from './describe-answer.ts';
import { describeDrill } from './describe-drill.ts';
import { describeEntry } from './describe-entry.ts';
import { describeService } from './describe-service.ts';
import type { CheckDone, Finding, HealEvent, IncidentFound, StormStatus } from './events.ts';
import { spellIncident, toneOf } from './words.ts';

/** @param tell - how this reader is told an instant. */
export function describeEvent(event: HealEvent, tell: Tell = iso): Card {
  switch (event.kind) {
    case 'service':
      return describeService(event, tell);
    case 'storm':
      return describeStorm(event, tell);
    case 'incident':
      return describeIncident(event, tell);
    case 'entry':
      return describeEntry(event, tell);
    case 'check':
      return describeCheck(event);
    case 'answer':
      return describeAnswer(event);
    case 'drill':
    case 'drill-plan':
    case 'drill-status':
      return describeDrill(event, tell);
  }
}

function describeStorm({ since, until }: StormStatus, tell: Tell): Card {
  return {
    tone: 'bad',
    state: 'STORM',
    title: 'many services fail at once, so no task is stopped in any of them',
    rows: [...row('since', tell(since)), ...row('until', tell(until))],
  };
}

function describeIncident({ service, environment, incident }: IncidentFound, tell: Tell): Card {
  const { id, state, openedAt, openedBy, stopped, reopened, recoveredAt } = incident;
  const why = incident.escalated?.reason ?? (state === 'holding' && incident.hold?.reason);
  const ended =
    recoveredAt === undefined
      ? undefined
      : `${tell(recoveredAt)}, after ${spell(between(openedAt, recoveredAt))}`;
  return {
    tone: toneOf(state),
    state: spellIncident(state),
    title: `${id}  ${service} (${environment})`,
    at: openedAt,
    rows: [
      ...row('opened by', openedBy),
      ...row('why', why === false ? undefined : why),
      ...row('stopped', String(stopped)),
      ...row('re-opened', reopened === 0 ? undefined : String(reopened)),
      ...row('recovered', ended),
    ],
  };
}

const FINDINGS: Readonly<Record<Finding, { readonly tone: Tone; readonly state: string }>> = {
  well: { tone: 'good', state: 'OK' },
  wrong: { tone: 'bad', state: 'WRONG' },
  note: { tone: 'quiet', state: 'NOTE' },
  unknown: { tone: 'waiting', state: 'UNKNOWN' },
};

function describeCheck({ check, finding, detail, mend }: CheckDone): Card {
  return { ...FINDINGS[finding], title: `${check}: ${detail}`, rows: row('mend', mend) };
}
