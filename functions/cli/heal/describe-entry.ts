/** One step of a timeline: what happened, on what evidence, and what was not done. */

import type { Effect } from '../../core/effect.ts';
import type { Entry, EntryKind, Facts, Ledger } from '../../core/entry.ts';
import { percent } from '../../core/evidence.ts';
import { spell } from '../../core/time.ts';
import type { Baseline, Victim } from '../../core/verdict.ts';
import { type Card, type Row, row, type Tell, type Tone } from './card.ts';
import type { EntryFound } from './events.ts';

const KINDS: Readonly<Record<EntryKind, { readonly state: string; readonly tone: Tone }>> = {
  opened: { state: 'OPENED', tone: 'waiting' },
  reopened: { state: 'RE-OPENED', tone: 'bad' },
  held: { state: 'HELD', tone: 'waiting' },
  claimed: { state: 'CLAIMED', tone: 'waiting' },
  stopped: { state: 'STOPPED', tone: 'waiting' },
  'stop-refused': { state: 'STOP REFUSED', tone: 'bad' },
  escalated: { state: 'NEEDS YOU', tone: 'bad' },
  explained: { state: 'EXPLAINED', tone: 'quiet' },
  recovered: { state: 'RECOVERED', tone: 'good' },
  paused: { state: 'PAUSED', tone: 'waiting' },
  resumed: { state: 'RESUMED', tone: 'quiet' },
  acknowledged: { state: 'ACKNOWLEDGED', tone: 'quiet' },
};

export function describeEntry({ entry, pending }: EntryFound, tell: Tell): Card {
  const { kind, at, detail, trigger, victim, facts, cause, outcome } = entry;
  return {
    ...KINDS[kind],
    title: detail,
    at,
    rows: [
      ...row('trigger', trigger === detail ? undefined : trigger),
      ...row('asked by', entry.requestedBy),
      ...row('has it', entry.acknowledgedBy),
      ...row('drill', entry.drill),
      ...(victim === undefined ? [] : describeVictim(victim, detail)),
      ...describeFacts(facts),
      ...row('not done', refused(entry, tell)),
      ...row('cause', cause && `${cause.sentence} (${cause.code})`),
      ...(cause?.evidence ?? []).flatMap((line) => row('evidence', line)),
      ...row('fix', cause?.fix),
      ...row('effect', outcome && EFFECTS[outcome]),
      ...row('took', spellLedger(entry.ledger)),
      ...row('told', pending ? 'not yet: still in the outbox' : undefined),
    ],
  };
}

/** @param said - what the entry says already. */
function describeVictim(victim: Victim, said: string): readonly Row[] {
  const { taskId, zone, revision, why, lastErrors, traceIds, before } = victim;
  const where = [zone, revision].filter((part) => part !== undefined).join(', ');
  return [
    ...row('task', `${taskId} (${where})`),
    ...row('why', why === said ? undefined : why),
    ...lastErrors.flatMap((line) => row('evidence', line)),
    ...row('traces', traceIds.join(', ')),
    ...row('measured', before && spellBaseline(before)),
    ...row('not chosen', before && spellOthers(before)),
  ];
}

function spellBaseline({ victim: { requests, errors }, ill }: Baseline): string {
  const all = `${ill} ${ill === 1 ? 'task' : 'tasks'} ill`;
  if (requests === 0) return `${all}; no requests of its own were counted`;
  return `${errors} of its ${requests} requests failed (${percent({ requests, errors })}); ${all}`;
}

/** The tasks that were compared with it, and stayed. */
function spellOthers({ others: { requests, errors } }: Baseline): string {
  if (requests === 0) return 'the other tasks: no requests of theirs were counted';
  const failed = `${errors} of ${requests} requests failed (${percent({ requests, errors })})`;
  return `the other tasks, whose ${failed}`;
}

/** Each number beside its limit. */
function describeFacts(facts: Facts): readonly Row[] {
  const { desired, running, healthy, floor, requests, errors, alarms, blind, logs } = facts;
  const least = floor === undefined ? '' : `, at least ${floor} must remain`;
  const tasks =
    healthy === undefined || desired === undefined
      ? undefined
      : `${healthy} of ${desired} healthy, ${running ?? '?'} running${least}`;
  const failed =
    requests === undefined || errors === undefined
      ? undefined
      : `${errors} of ${requests} failed (${percent({ requests, errors })})`;
  const read =
    logs && `${logs.source}, ${logs.calls} ${logs.calls === 1 ? 'call' : 'calls'}, $${logs.usd}`;
  return [
    ...row('tasks', tasks),
    ...row('requests', failed),
    ...row('alarms', spellAlarms(alarms)),
    ...row('stops', `${facts.stopsUsed} of ${facts.stopsAllowed} used`),
    ...row('blind', blind),
    ...row('logs', read),
  ];
}

/** Those that ring by name, the others by number. */
function spellAlarms(alarms: Facts['alarms']): string {
  const others = alarms.filter(({ state }) => state !== 'OK');
  const named = others.map(({ name, state }) => `${name} ${state}`);
  const fine = alarms.length - others.length;
  return [...named, ...(fine === 0 ? [] : [`${fine} of ${alarms.length} OK`])].join(', ');
}

/** What could have been done instead, and which guardrail kept it from being done. */
function refused({ kind, reason, until }: Entry, tell: Tell): string | undefined {
  if (reason === undefined || kind === 'recovered') return undefined;
  const wait = until === undefined ? '' : `; looked at again by ${tell(until)}`;
  return `a stop, because of ${reason}${wait}; see docs/runbook.md`;
}

const EFFECTS: Readonly<Record<Effect, string>> = {
  'by-stop': 'the stop did it: the other tasks were well all along',
  anyway: 'not ours to claim: it would have recovered without a stop',
  helped: 'helped: fewer tasks are ill',
  'replacement-ill': 'did not help: a task that came after the stop is ill',
  'no-change': 'did not help: as bad as before',
  worse: 'did not help: more is ill than before',
};

function spellLedger({ act, replace, recover }: Ledger): string {
  const parts = [
    act === undefined ? '' : `alarm to stop ${spell(act)}`,
    replace === undefined ? '' : `stop to all healthy ${spell(replace)}`,
    recover === undefined ? '' : `alarm to recovered ${spell(recover)}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}
