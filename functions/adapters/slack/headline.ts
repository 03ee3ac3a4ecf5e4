/** The words of each message: a state, one sentence, and whether anybody must get up. */
import type { Entry } from '../../core/entry.ts';
import { type DurationMillis, spell } from '../../core/time.ts';
import type { Reason } from '../../core/verdict.ts';
import type { Verdict } from './blocks.ts';
import { pauseHeadline } from './pause-headline.ts';
import { cut } from './text.ts';

export interface Headline extends Verdict {
  readonly happened: string;
  readonly did: string;
  readonly next: string;
}

const NO_ACTION = 'No action needed.';
const NO_ACTION_YET = 'No action needed yet.';
const NEEDS_YOU = 'A person must look.';

/** Longer names leave no room for what is said of them. */
const SERVICE_MAX = 60;
const ENVIRONMENT_MAX = 20;
const PERSON_MAX = 40;

/** `checkout-api (prod)`. */
export function nameOf(serviceId: string, environment: string): string {
  const service = serviceId.split('/').at(-1) ?? serviceId;
  return `${cut(service, SERVICE_MAX)} (${cut(environment, ENVIRONMENT_MAX)})`;
}

export function headline(entry: Entry): Headline {
  const head = headlineOf(entry);
  const fix = entry.cause === undefined ? {} : { fix: entry.cause.fix };
  if (entry.drill === undefined) return { ...head, ...fix };
  const ask = head.ask === NEEDS_YOU ? 'Only who leads the drill looks.' : head.ask;
  return { ...head, ...fix, ask, drill: true };
}

function headlineOf(entry: Entry): Headline {
  const again = entry.reopened > 0 ? ` (re-opened, time ${entry.reopened + 1})` : '';
  const name = `${nameOf(entry.serviceId, entry.environment)}${again}`;
  switch (entry.kind) {
    case 'stopped':
      return acting(entry, name);
    case 'claimed':
      return claiming(entry, name);
    case 'recovered':
      return recovered(entry, name);
    case 'escalated':
    case 'stop-refused':
      return needsYou(entry, name);
    case 'explained':
      return explaining(entry, name);
    case 'acknowledged':
      return acknowledged(entry, name);
    case 'held':
      if (entry.requestedBy !== undefined) return refusing(entry, name);
      if (entry.reason === 'observe-only') return observing(entry, name);
      return holding(entry, name);
    case 'opened':
    case 'reopened':
      return opening(entry, name);
    case 'paused':
    case 'resumed':
      return pauseHeadline(entry, name);
    default:
      return holding(entry, name);
  }
}

function opening(entry: Entry, name: string): Headline {
  const { requests, errors } = entry.facts;
  const share =
    requests === undefined || errors === undefined || requests === 0
      ? ''
      : `, ${((errors / requests) * 100).toFixed(1)} % of requests fail`;
  return {
    emoji: entry.kind === 'reopened' ? ':repeat:' : ':warning:',
    state: entry.kind === 'reopened' ? 'OPEN AGAIN' : 'OPEN',
    color: 'amber',
    sentence: `${name}: alarm is on${share}; looking for the ill task.`,
    ask: NO_ACTION_YET,
    happened: entry.trigger,
    did: entry.stopped === 0 ? 'stopped nothing yet' : `stopped ${entry.stopped} so far`,
    next: 'I stop one task if exactly one is to blame, or say why not',
  };
}

function claiming(entry: Entry, name: string): Headline {
  return {
    ...acting(entry, name),
    sentence: `${name}: about to stop 1 ill task${ofDesired(entry)}.`,
    did: `chose task ${entry.victim?.taskId ?? 'unknown'}, and no other`,
  };
}

function ofDesired({ facts }: Entry): string {
  return facts.desired === undefined ? '' : ` of ${facts.desired}`;
}

/** On a phone the cause is worth more than the rule that it broke. */
function shortOf({ cause }: Entry, name: string): { readonly short?: string } {
  return cause === undefined ? {} : { short: `${name}: ${cause.sentence}` };
}

function acting(entry: Entry, name: string): Headline {
  return {
    emoji: ':gear:',
    state: 'ACTING',
    color: 'blue',
    sentence: `${name}: stopped 1 ill task${ofDesired(entry)}, checking recovery.`,
    ask: NO_ACTION_YET,
    happened: `${entry.trigger}; ${entry.victim?.why ?? entry.detail}`,
    did: `stopped task ${entry.victim?.taskId ?? 'unknown'}, and no other`,
    next: 'ECS starts a replacement; I look again until the alarm is OK and every task stays healthy',
  };
}

function recovered(entry: Entry, name: string): Headline {
  const { stopped, facts, ledger, victim } = entry;
  const took = ledger.recover === undefined ? '' : ` in ${spell(ledger.recover)}`;
  const what =
    stopped === 0
      ? 'without a stop by us'
      : `${stopped} ill ${stopped === 1 ? 'task' : 'tasks'} replaced`;
  const healthy =
    facts.healthy === undefined ? '' : `, ${facts.desired} of ${facts.desired} healthy`;
  return {
    emoji: ':white_check_mark:',
    state: 'RECOVERED',
    color: 'green',
    sentence: `${name}${took}: ${what}${healthy}.`,
    ask: NO_ACTION,
    happened: victim === undefined ? entry.trigger : `${entry.trigger}; ${victim.why}`,
    did: stopped === 0 ? 'nothing: I held and followed' : `stopped ${stopped} in all`,
    next: `nothing; proof: ${entry.detail}`,
  };
}

const AFTER_ESCALATION =
  'I follow and tell when it is over, but stop nothing more in this incident unless a person asks';
const AFTER_STORM =
  'I stop nothing in any service until then; after that each is decided by itself again';

function needsYou(entry: Entry, name: string): Headline {
  return {
    emoji: ':octagonal_sign:',
    state: 'NEEDS YOU',
    color: 'red',
    sentence: `${name}: ${sentenceOf(entry.reason)}.`,
    ...shortOf(entry, name),
    ask: NEEDS_YOU,
    happened: `${entry.trigger}; ${entry.detail}`,
    did: entry.stopped === 0 ? 'stopped nothing' : `stopped ${entry.stopped} so far, and no more`,
    next: entry.reason === 'account-storm' ? AFTER_STORM : AFTER_ESCALATION,
  };
}

/** A person has it already and asked for a stop: they are answered, and nobody is called again. */
function refusing(entry: Entry, name: string): Headline {
  return {
    ...needsYou(entry, name),
    sentence: `${name}: no stop as asked: ${sentenceOf(entry.reason)}.`,
    ask: entry.acknowledgedBy === undefined ? NEEDS_YOU : `${personOf(entry)} has it.`,
    happened: `${cut(entry.requestedBy ?? '', PERSON_MAX)} asked for one more stop; ${entry.detail}`,
    did: 'asked every guardrail, and stopped nothing',
    next: 'I stop nothing more in this incident unless a person asks again, and tell when it is over',
  };
}

function explaining(entry: Entry, name: string): Headline {
  return {
    ...needsYou(entry, name),
    sentence: `${name}: now it is known what is wrong.`,
    ask: entry.acknowledgedBy === undefined ? NEEDS_YOU : `${personOf(entry)} has it.`,
    happened: entry.trigger,
  };
}

/** Nobody is pinged by his own click, so the name is a text and no mention. */
export function personOf({ acknowledgedBy }: Entry): string {
  return acknowledgedBy === undefined ? 'somebody' : cut(acknowledgedBy, PERSON_MAX);
}

function acknowledged(entry: Entry, name: string): Headline {
  const why = entry.reason === undefined ? '' : `: ${sentenceOf(entry.reason)}`;
  return {
    emoji: ':raised_hand:',
    state: 'ACKNOWLEDGED',
    color: 'blue',
    sentence: `${name}: ${personOf(entry)} has it${why}.`,
    ask: 'Nobody else need look.',
    happened: entry.trigger,
    did: entry.stopped === 0 ? 'stopped nothing' : `stopped ${entry.stopped} so far`,
    next: 'I go on as before: this pauses nothing, and I tell when it is over',
  };
}

function holding(entry: Entry, name: string): Headline {
  const now = entry.at;
  const wait =
    entry.until === undefined
      ? ''
      : `, in ${spell(Math.max(0, entry.until - now) as DurationMillis)} at the latest`;
  return {
    emoji: ':double_vertical_bar:',
    state: 'HOLDING',
    color: 'grey',
    sentence: `${name}: alarm is on, healing held: ${sentenceOf(entry.reason)}.`,
    ...shortOf(entry, name),
    ask: NO_ACTION_YET,
    happened: `${entry.trigger}; ${entry.detail}`,
    did: 'stopped nothing',
    next: `I look again${wait}`,
  };
}

function observing(entry: Entry, name: string): Headline {
  return {
    emoji: ':eyes:',
    state: 'OBSERVE',
    color: 'grey',
    sentence: `${name}: I ${entry.detail}.`,
    ask: 'Nothing is done: the policy says observe.',
    happened: entry.trigger,
    did: 'stopped nothing',
    next: 'I follow and tell when it is over; set the mode to heal to let me act',
  };
}

const SENTENCES: Readonly<Record<Reason, string>> = {
  unreadable: 'I cannot read what I need to decide',
  'alarm-cleared': 'the alarm is OK, but the service is not yet well',
  'alarm-suppressed': "the alarm's actions are suppressed",
  'too-old': 'its alarm was heard of too late to stop anything unasked',
  paused: 'healing is paused by a person',
  'scaled-to-zero': 'the service is scaled to zero',
  'deployment-in-progress': 'a deployment is in progress',
  replacing: 'ECS is replacing a task by itself',
  starting: 'a task is still starting',
  settling: 'my last stop is not judged yet',
  'lock-held': 'another run is at it',
  'cooling-down': 'the service rests after the last stop',
  'budget-spent': 'all allowed stops are used and the alarm is still on',
  'at-floor': 'a stop would leave too few healthy tasks',
  'same-revision': 'every task of one revision is ill: roll back, do not restart',
  'one-zone': 'every task of one zone is ill: shift traffic away from it',
  'observe-only': 'it only observes here',
  protected: 'the ill task has protection on',
  'no-suspect': 'no single task can be blamed',
  storm: 'too many tasks are ill at once, so it is not about one task',
  'other-actor': 'somebody else is moving tasks or traffic',
  'account-storm': 'many services fail at once, and this is the one message for all of them',
  downstream: 'a service that it calls is ill too, and is healed first',
  'cannot-start': 'its tasks cannot start',
  'crash-loop': 'its tasks end by themselves, again and again',
  'no-targets': 'no task is registered with the load balancer',
  'attempts-failed': 'my stops did not help',
  'stop-refused': 'I may not stop the ill task',
};

function sentenceOf(reason: Reason | undefined): string {
  return reason === undefined ? 'it was opened' : SENTENCES[reason];
}
