/** Whatever may invoke `notify`: the topic through its queue or by itself, the healer's own alarms, the calendar. */
import {
  entryNotification,
  noticeNotification,
} from '../../functions/adapters/amazon-q/custom-notification.ts';
import { openInboundTellings } from '../../functions/adapters/events/announcement.ts';
import type { SlackMessage } from '../../functions/adapters/slack/blocks.ts';
import { checkMessage, payloadToSend } from '../../functions/adapters/slack/check.ts';
import { renderReply, renderRoot, renderSlack } from '../../functions/adapters/slack/render.ts';
import { renderNotice } from '../../functions/adapters/slack/render-notice.ts';
import { entryStep, noticeStep } from '../../functions/adapters/slack/steps.ts';
import { notify } from '../../functions/app/notify.ts';
import { ENTRY_KINDS, type Entry } from '../../functions/core/entry.ts';
import type { Notice } from '../../functions/core/notice.ts';
import { REASONS } from '../../functions/core/verdict.ts';
import type { Random } from '../bench/world/random.ts';
import { anEntry, NOW } from '../core/builders.ts';
import { readEvent } from '../events/manifest.ts';
import { NOTICES } from '../slack-preview/notices.ts';
import { type Case, type Door, type Found, sendJson } from './door.ts';
import { aNotification, inSns, inSqs } from './envelope.ts';
import { hostileText } from './hostile.ts';
import { damage, mutateValue, write } from './mutate.ts';
import { judgeError } from './oracle.ts';

const TOLD = { environment: 'prod', runbookUrl: 'https://example.com/runbook' };
const OWN_ALARM = JSON.stringify(readEvent('eventbridge-own-alarm-ALARM.json'));

async function aDigest(): Promise<Notice> {
  const found = NOTICES.find(({ notice }) => notice.kind === 'digest');
  if (found === undefined) throw new Error('no digest among the notices');
  return found.notice;
}

export const NOTIFY: Door = {
  name: 'notify',
  about: 'announcements, own alarms and the calendar, rendered for webhook, bot and Amazon Q',
  generate(random) {
    return { text: envelop(random), setting: '' };
  },
  send: ({ text }: Case) => sendJson(text, tellAll),
};

async function tellAll(event: unknown): Promise<Found> {
  const outcomes: string[] = [];
  const problems: string[] = [];
  const errors: unknown[] = [];
  const say = (message: SlackMessage): void => {
    const refused = checkMessage(message).length > 0;
    outcomes.push(refused ? 'told by its text alone' : 'told');
    problems.push(...problemsOf(message, refused));
  };
  const teller = {
    entry: async (entry: Entry) => tellEntry(entry, say),
    notice: async (notice: Notice) => {
      say(renderNotice(notice));
      noticeStep(notice).root(undefined);
      noticeNotification(notice);
    },
  };
  const journal = {
    decided: () => {},
    weighed: () => {},
    looked: () => {},
    advanced: () => {},
    failed: ({ error }: { readonly error: unknown }) => errors.push(error),
  };
  const open = (given: unknown) => openInboundTellings(given, TOLD);
  const deps = { clock: { now: () => NOW }, teller, journal, open, digest: aDigest };
  try {
    await notify(deps, event, new AbortController().signal);
  } catch (error) {
    errors.push(error);
  }
  const judged = errors.map(judgeError);
  outcomes.push(...judged.map(({ code }) => code));
  if (outcomes.length === 0) outcomes.push('no news');
  const broken = judged.find((one) => one.broken !== undefined)?.broken ?? problems[0];
  return { outcomes, ...(broken === undefined ? {} : { broken }) };
}

function tellEntry(entry: Entry, say: (message: SlackMessage) => void): void {
  const options = { canRespond: true, runbookUrl: TOLD.runbookUrl };
  for (const message of [
    renderSlack(entry, options),
    renderRoot(entry, options),
    renderReply(entry),
  ]) {
    say(message);
  }
  entryStep(entry, options).root(undefined);
  entryNotification(entry, TOLD.runbookUrl);
}

/** A refused message is sent as its text alone, so that must be harmless in any case. */
function problemsOf(message: SlackMessage, refused: boolean): readonly string[] {
  const { text } = payloadToSend(message);
  const alone = checkMessage({ ...message, text: message.alone, blocks: [] });
  const harm = alone.filter((problem) => !/characters|^blocks/.test(problem));
  if (harm.length > 0) return [`its text alone: ${harm.join('; ')}`];
  if (message.alone.length > 2_000)
    return [`its text alone has ${message.alone.length} characters`];
  return refused && text !== message.alone ? ['what Slack refuses is sent'] : [];
}

function anAnnouncement(random: Random): object {
  if (random.next() < 0.25) {
    const { notice } = structuredClone(random.pick(NOTICES));
    return { schema: 'ecs-self-healing/notice/1', notice };
  }
  const kind = random.pick(ENTRY_KINDS);
  const entry = anEntry(
    { kind, reason: random.pick(REASONS), detail: hostileText(random), until: NOW },
    { why: hostileText(random), lastErrors: [hostileText(random)] },
  );
  return { schema: 'ecs-self-healing/entry/1', entry: structuredClone(entry) };
}

function envelop(random: Random): string {
  const own = random.next() < 0.1;
  const given = own ? (JSON.parse(OWN_ALARM) as unknown) : anAnnouncement(random);
  const changed = mutateValue(random, given, random.pick([0, 1, 1, 2, 3]));
  const text = damage(random, write(changed), random.pick([0, 0, 0, 1]));
  const kind = random.next();
  if (own || kind < 0.3) return text;
  if (random.next() < 0.02) return JSON.stringify({ kind: 'digest' });
  const sealed = random.next() < 0.5 ? text : JSON.stringify(aNotification(text));
  const event = kind < 0.7 ? inSqs(random, [sealed]) : inSns([text]);
  const changes = random.next() < 0.1 ? 1 : 0;
  return write(mutateValue(random, event, changes));
}
