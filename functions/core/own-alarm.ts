/**
 * The alarms on the healer itself: what a person is told when one rings.
 *
 * The template names an alarm by its code, at the end of the alarm's description: CloudWatch sends the description with
 * each change of state, while names are made by CloudFormation and differ from stack to stack.
 */

export interface OwnAlarm {
  /** Goes on after "I cannot". */
  readonly cannot: string;
  /** What becomes of healing meanwhile, as a clause. */
  readonly meanwhile: string;
  readonly hint: string;
  /** Nobody is called for it by night: services are healed and told of all the same. */
  readonly canWait?: true;
}

const MAY_STOP = 'nothing may be healed';
const HEALS = 'healing goes on';

export const OWN_ALARMS = {
  'no-access': {
    cannot: 'reach my own table, queue, topic or parameters',
    meanwhile: MAY_STOP,
    hint: 'The log of remediate names the call that fails and why: a permission, a quota, or AWS itself.',
  },
  'not-understood': {
    cannot: 'understand an event or my configuration',
    meanwhile: MAY_STOP,
    hint: 'The log of remediate names field, value got and value wanted; one invalid service stops all.',
  },
  blind: {
    cannot: 'say that I can read what I decide by: no look succeeded in time',
    meanwhile: MAY_STOP,
    hint: 'The log of remediate says what cannot be read. No new line: it does not run; look at its inbox mapping.',
  },
  'half-blind': {
    cannot: 'read all that I need of one guarded service',
    meanwhile: 'that service is not healed while this lasts',
    hint: 'The log line "cannot read" names the service and the call: something of it is gone, or a right is missing.',
    canWait: true,
  },
  'no-answer': {
    cannot: 'learn what became of a stop: ECS does not answer',
    meanwhile: 'it is sent again, and no other',
    hint: 'Look whether the task still runs, and at the health of ECS; the claim stands in the lock item.',
  },
  'not-told': {
    cannot: 'reach the chat',
    meanwhile: `${HEALS}, unseen`,
    hint: 'The log of notify has the answer of the chat; incidents are in the table (heal incidents).',
  },
  'told-late': {
    cannot: 'tell in time: something has waited for a quarter of an hour',
    meanwhile: `${HEALS}, unseen`,
    hint: 'The log of notify has the answer of the chat; all of it is told, in order, once the chat takes it.',
  },
  'inbox-dead-letters': {
    cannot: 'handle a message: it failed five times',
    meanwhile: 'what it asked for was not done',
    hint: 'Read the message in the dead-letter queue of the inbox; moving it back is safe.',
  },
  'rule-dead-letters': {
    cannot: 'be reached by EventBridge with an alarm',
    meanwhile: MAY_STOP,
    hint: 'Look whether the inbox still takes messages of EventBridge, then move the message back.',
  },
  'invocation-dead-letters': {
    cannot: 'finish an invocation: it was given up',
    meanwhile: HEALS,
    hint: 'Read the message in the queue: it has the event and the error.',
  },
  'announcement-dead-letters': {
    cannot: 'tell something: the chat took it at no try',
    meanwhile: `${HEALS}, and a message is missing`,
    hint: 'The log of notify says why; move the message back to the queue of announcements when that is mended.',
  },
  'remediate-errors': {
    cannot: 'finish each run of remediate',
    meanwhile: MAY_STOP,
    hint: 'Read the last error in the log of remediate; its code has a line in the runbook.',
  },
  'remediate-throttles': {
    cannot: 'run remediate: no concurrency is left',
    meanwhile: 'nothing is healed in time',
    hint: 'Raise the concurrency of the account, or reserve some for remediate.',
  },
  'notify-errors': {
    cannot: 'finish each run of notify',
    meanwhile: `${HEALS}, and messages may be missing`,
    hint: 'Read the last error in the log of notify; its code has a line in the runbook.',
  },
  'notify-throttles': {
    cannot: 'run notify: no concurrency is left',
    meanwhile: `${HEALS}, and messages are late`,
    hint: 'Raise the concurrency of the account, or reserve some for notify.',
  },
  'respond-errors': {
    cannot: 'answer each click on a button',
    meanwhile: HEALS,
    hint: 'Read the last error in the log of respond; the command line does what buttons do.',
    canWait: true,
  },
  'respond-throttles': {
    cannot: 'answer clicks on buttons: no concurrency is left',
    meanwhile: HEALS,
    hint: 'Look whether somebody floods the URL; the command line does what buttons do.',
    canWait: true,
  },
  'clicks-refused': {
    cannot: 'take many of the requests to the URL of the buttons',
    meanwhile: HEALS,
    hint: 'The log of respond says why: forged or unsigned is somebody else, stale is an old one sent again.',
    canWait: true,
  },
  'drill-errors': {
    cannot: 'finish each run of a drill',
    meanwhile: `${HEALS}; a drill's fault ends by itself`,
    hint: 'Read the last error in the log of drill.',
    canWait: true,
  },
  'drill-throttles': {
    cannot: 'run drill: no concurrency is left',
    meanwhile: `${HEALS}; a drill's fault ends by itself`,
    hint: 'Raise the concurrency of the account.',
    canWait: true,
  },
  'drill-dead-letters': {
    cannot: 'follow a drill to its end',
    meanwhile: `${HEALS}; a drill's fault ends by itself`,
    hint: 'Read the message in the dead-letter queue of drill, then look at the drill.',
    canWait: true,
  },
  'no-drill-passed': {
    cannot: 'show that I would heal: no drill passed in time',
    meanwhile: 'healing is unproven',
    hint: 'Run the wiring drill, and read its report.',
    canWait: true,
  },
} as const satisfies Readonly<Record<string, OwnAlarm>>;

export type OwnAlarmCode = keyof typeof OWN_ALARMS;

const PREFIX = 'Self-healing: ';
const CODED = /^Self-healing: .* \[([a-z-]+)\]$/s;

/** @returns the description that the alarm gets: `Self-healing: it cannot reach Slack [not-told]`. */
export function ownAlarmDescription(code: OwnAlarmCode, says: string): string {
  return `${PREFIX}${says} [${code}]`;
}

/** @returns the code; nothing for an alarm that is not one of the healer's own. */
export function ownAlarmCode(description: string): OwnAlarmCode | undefined {
  const code = CODED.exec(description)?.[1];
  return code !== undefined && Object.hasOwn(OWN_ALARMS, code) ? (code as OwnAlarmCode) : undefined;
}
