/** The words of each message: a state, one sentence, and whether anybody must get up. */
import type { Entry } from '../../core/entry.ts';
import { type DurationMillis, spell } from '../../core/time.ts';
import type { Reason } from '../../core/verdict.ts';

export interface Headline {
  /** State is a word, a shape and a colour, never a colour alone. */
  readonly emoji: string;
  readonly state: string;
  readonly sentence: string;
  readonly ask: string;
  readonly happened: string;
  readonly did: string;
  readonly next: string;
}

const NO_ACTION = 'No action needed.';
const NO_ACTION_YET = 'No action needed yet.';
const NEEDS_YOU = 'A person must look.';

export function headline(entry: Entry): Headline {
  const name = `${entry.serviceId.split('/').at(-1) ?? entry.serviceId} (${entry.environment})`;
  const again = entry.reopened > 0 ? ` (re-opened, time ${entry.reopened + 1})` : '';
  switch (entry.kind) {
    case 'stopped':
    case 'claimed':
      return acting(entry, `${name}${again}`);
    case 'recovered':
      return recovered(entry, `${name}${again}`);
    case 'escalated':
    case 'stop-refused':
      return needsYou(entry, `${name}${again}`);
    case 'explained':
      return {
        ...needsYou(entry, `${name}${again}`),
        sentence: `${name}${again}: now it is known what is wrong.`,
        happened: entry.trigger,
      };
    case 'held':
      if (entry.reason === 'observe-only') return observing(entry, `${name}${again}`);
      return holding(entry, `${name}${again}`);
    case 'opened':
    case 'reopened':
      return holding(entry, `${name}${again}`);
  }
}

function acting(entry: Entry, name: string): Headline {
  const of = entry.facts.desired === undefined ? '' : ` of ${entry.facts.desired}`;
  return {
    emoji: ':gear:',
    state: 'ACTING',
    sentence: `${name}: stopped 1 ill task${of}, checking recovery.`,
    ask: NO_ACTION_YET,
    happened: `${entry.trigger}; ${entry.victim?.why ?? entry.detail}`,
    did: `stopped task ${entry.victim?.taskId ?? 'unknown'}, and no other`,
    next: 'ECS starts a replacement; I look again until the alarm is OK and every task stays healthy',
  };
}

function recovered(entry: Entry, name: string): Headline {
  const { stopped, facts, ledger } = entry;
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
    sentence: `${name}${took}: ${what}${healthy}.`,
    ask: NO_ACTION,
    happened: entry.trigger,
    did: stopped === 0 ? 'nothing: I held and followed' : `stopped ${stopped} in all`,
    next: `nothing; proof: ${entry.detail}`,
  };
}

const AFTER_ESCALATION =
  'I follow and tell when it is over, but stop nothing more in this incident';
const AFTER_STORM =
  'I stop nothing in any service until then; after that each is decided by itself again';

function needsYou(entry: Entry, name: string): Headline {
  return {
    emoji: ':octagonal_sign:',
    state: 'NEEDS YOU',
    sentence: `${name}: ${sentenceOf(entry.reason)}.`,
    ask: NEEDS_YOU,
    happened: `${entry.trigger}; ${entry.detail}`,
    did: entry.stopped === 0 ? 'stopped nothing' : `stopped ${entry.stopped} so far, and no more`,
    next: entry.reason === 'account-storm' ? AFTER_STORM : AFTER_ESCALATION,
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
    sentence: `${name}: alarm is on, healing held: ${sentenceOf(entry.reason)}.`,
    ask: NO_ACTION_YET,
    happened: `${entry.trigger}; ${entry.detail}`,
    did: 'stopped nothing',
    next: `I look again${wait}`,
  };
}

function observing(entry: Entry, name: string): Headline {
  return {
    emoji: ':eye:',
    state: 'OBSERVE',
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
