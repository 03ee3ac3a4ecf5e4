/** The body of an interaction: a form with one field, which holds JSON. */
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { CLICK_ACTIONS, type ClickAction, type ClickSubject } from '../../core/click.ts';
import { ALL_SERVICES } from '../../core/delivery.ts';
import { epochMillis } from '../../core/time.ts';
import type { Opened } from '../../ports/clicks.ts';
import { IncidentId } from '../events/schema.ts';

const UserId = v.pipe(v.string(), v.regex(/^[UW][A-Z0-9]{2,20}$/));
const Id = v.pipe(v.string(), v.maxLength(100));

const Action = v.looseObject({
  action_id: v.pipe(v.string(), v.maxLength(255)),
  /** Seconds, with the microseconds behind a dot. */
  action_ts: v.pipe(v.string(), v.regex(/^\d{1,10}\.\d{1,6}$/)),
  value: v.optional(v.pipe(v.string(), v.maxLength(2_000))),
});

const BlockActions = v.looseObject({
  type: v.literal('block_actions'),
  user: v.looseObject({
    id: UserId,
    username: v.optional(v.string()),
    name: v.optional(v.string()),
  }),
  team: v.nullish(v.looseObject({ id: Id })),
  trigger_id: v.optional(v.pipe(v.string(), v.maxLength(255)), ''),
  response_url: v.optional(v.pipe(v.string(), v.maxLength(3_000))),
  actions: v.pipe(v.array(Action), v.length(1)),
});
type BlockActions = v.InferOutput<typeof BlockActions>;

const Interaction = v.looseObject({ type: v.string() });

/** The value of our own buttons; whatever of it is put into a request or a key has the shape that we gave it. */
const Subject = v.strictObject({
  serviceId: v.pipe(v.string(), v.maxLength(300), v.regex(/^(?:\*|[\w.-]+\/[\w.-]+)$/)),
  incidentId: v.pipe(v.string(), v.maxLength(100), v.regex(/^[\w.-]*$/)),
});

/** Their `action_id`; Slack tells of a click on a link too. */
const LINK = /^open-/;

const MALFORMED: Opened = { kind: 'refused', status: 400, code: 'click.malformed' };
const UNKNOWN: Opened = { kind: 'refused', status: 400, code: 'click.unknown-action' };

/** @param form - decoded body of a request whose signature was found to be genuine. */
export function openForm(form: string): Opened {
  const fields = new URLSearchParams(form);
  if (fields.get('ssl_check') === '1') return { kind: 'ignored', code: 'click.ssl-check' };
  const [payload, ...others] = fields.getAll('payload');
  const given = payload === undefined || others.length > 0 ? undefined : parse(payload);
  if (!v.is(Interaction, given)) return MALFORMED;
  if (given.type !== 'block_actions') return { kind: 'ignored', code: 'click.other-interaction' };
  const parsed = v.safeParse(BlockActions, given);
  return parsed.success ? openAction(parsed.output) : MALFORMED;
}

function openAction(given: BlockActions): Opened {
  const [action] = given.actions;
  if (action === undefined) return MALFORMED;
  if (LINK.test(action.action_id)) return { kind: 'ignored', code: 'click.link' };
  const asked = CLICK_ACTIONS.find((known) => known === action.action_id);
  if (asked === undefined) return UNKNOWN;
  const subject = v.safeParse(Subject, parse(action.value ?? ''));
  if (!subject.success || !fits(asked, subject.output)) return MALFORMED;
  const { user, team, response_url: replyUrl } = given;
  return {
    kind: 'click',
    click: {
      id: idOf(given),
      action: asked,
      subject: subject.output,
      userId: user.id,
      userName: user.username ?? user.name ?? '',
      teamId: team?.id ?? '',
      at: epochMillis(Number(action.action_ts) * 1_000),
      ...(replyUrl === undefined ? {} : { replyUrl }),
    },
  };
}

/** Only quiet is asked for all services at once; an incident and a stop are one service's. */
function fits(action: ClickAction, { serviceId, incidentId }: ClickSubject): boolean {
  if (action === 'pause' || action === 'resume') return true;
  return serviceId !== ALL_SERVICES && v.is(IncidentId, incidentId);
}

/** Named by what Slack makes anew for each click, so the same request sent twice has the same id. */
function idOf({ user, team, trigger_id: trigger, actions }: BlockActions): string {
  const [action] = actions;
  const parts = [team?.id, user.id, trigger, action?.action_id, action?.action_ts, action?.value];
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  return `click-${digest.slice(0, 24)}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
