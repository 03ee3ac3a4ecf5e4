/** A click on a button in the chat: who wants what done, and the request that it becomes. Pure. */
import { ALL_SERVICES } from './delivery.ts';
import { type EpochMillis, iso } from './time.ts';

export const CLICK_ACTIONS = ['acknowledge', 'pause', 'stop-one-more', 'resume'] as const;

/** What a click can ask for. */
export type ClickAction = (typeof CLICK_ACTIONS)[number];

/** What a click is about. */
export interface ClickSubject {
  /** {@link ALL_SERVICES} for the pause of all of them. */
  readonly serviceId: string;
  /** Of an incident, or of a pause. */
  readonly incidentId: string;
}

export interface Click {
  /** The same whenever this very click is sent again, and for no other. */
  readonly id: string;
  readonly action: ClickAction;
  readonly subject: ClickSubject;
  /** Id of the person, such as `U0123456789`. */
  readonly userId: string;
  /** As it is shown to others; may be anything that a person can type. */
  readonly userName: string;
  /** Id of the workspace. */
  readonly teamId: string;
  /** By the chat's clock. */
  readonly at: EpochMillis;
  /** Where the person who clicked, and nobody else, is answered; absent when there is no such place. */
  readonly replyUrl?: string;
}

/**
 * - `received`: kept, and on its way; it stays so when we died before the next line
 * - `asked`: the inbox has it
 * - `failed`: it could not be handed on
 * - `not-allowed`: the person is not on the list
 */
export type ClickOutcome = 'received' | 'asked' | 'failed' | 'not-allowed';

const PAUSE_FOR = 'PT30M';
const WHY = 'by button in Slack';
/** With the id, below the limit of a name in a request. */
const NAME_MAX = 60;

/** `ana (U0123456789)`: without the marks that would mean something to a shell, a message or a log. */
function nameClicker({ userId, userName }: Click): string {
  const name = userName.replace(/[^\p{L}\p{N} ._-]/gu, '').slice(0, NAME_MAX);
  return name.trim() === '' ? userId : `${name.trim()} (${userId})`;
}

/** What a click asks of the inbox, spelled as a person would spell it; see `events/`. */
export type ClickRequest = Readonly<Record<string, string | boolean>>;

export function requestOf(click: Click): ClickRequest {
  return { ...asked(click), askedAt: iso(click.at) };
}

function asked(click: Click): ClickRequest {
  const { action, subject, id } = click;
  const by = nameClicker(click);
  const { serviceId, incidentId } = subject;
  const scope = serviceId === ALL_SERVICES ? { all: true } : { serviceId };
  switch (action) {
    case 'acknowledge':
      return { kind: 'acknowledge', serviceId, incidentId, by };
    case 'pause':
      return { kind: 'pause', ...scope, for: PAUSE_FOR, by, why: WHY, request: id };
    case 'resume':
      return { kind: 'resume', ...scope, by, why: WHY, request: id };
    case 'stop-one-more':
      return {
        kind: 'manual',
        serviceId,
        incidentId,
        requestedBy: by,
        reason: `stop one more task, ${WHY}`,
        dryRun: false,
        request: id,
      };
  }
}

/** What the person who clicked reads, and nobody else. Says what was asked, not that it is done. */
export function replyTo(click: Click, outcome: ClickOutcome): string {
  switch (outcome) {
    case 'not-allowed':
      return (
        `Nothing was done: ${click.userId} is not on the list of people whose clicks count here. ` +
        'Whoever deploys the healer keeps the list.'
      );
    case 'failed':
      return (
        'As far as I know, nothing was done: your request could not be handed on. ' +
        `Click again, or by hand:\n\`\`\`${byHand(click)}\`\`\``
      );
    case 'received':
    case 'asked':
      return sentenceOf(click);
  }
}

function sentenceOf({ action, subject: { serviceId, incidentId } }: Click): string {
  const where = serviceId === ALL_SERVICES ? 'all services' : serviceId;
  switch (action) {
    case 'acknowledge':
      return (
        `Asked to note that you have ${incidentId} of ${where}; its message says so in a moment. ` +
        'Healing goes on as before: this pauses nothing.'
      );
    case 'pause':
      return (
        `Asked to pause healing of ${where} for 30 minutes. ` +
        'It is on when the channel says PAUSED, and ends by itself.'
      );
    case 'resume':
      return `Asked to end the pause of ${where}. It is over when the channel says RESUMED.`;
    case 'stop-one-more':
      return (
        `Asked to stop one more ill task of ${where}, if every guardrail agrees. ` +
        `What became of it, a stop or a refusal with its reason, is told under ${incidentId}.`
      );
  }
}

/** A line for a terminal that asks for the same. */
function byHand(click: Click): string {
  const { action, subject } = click;
  const scope = subject.serviceId === ALL_SERVICES ? '--all' : subject.serviceId;
  if (action === 'pause')
    return `npm run heal -- pause ${scope} --for 30m --why "asked for in Slack"`;
  if (action === 'resume') return `npm run heal -- resume ${scope}`;
  if (action === 'stop-one-more')
    return `npm run heal -- stop-one ${scope} --why "asked for in Slack"`;
  const { request: _own, ...payload } = asked(click);
  return (
    'aws lambda invoke --function-name "$REMEDIATE" --cli-binary-format raw-in-base64-out ' +
    `--payload '${JSON.stringify(payload)}' /dev/stdout`
  );
}
