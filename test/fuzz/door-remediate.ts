/** Whatever may invoke `remediate`: its queue, SNS, EventBridge, an alarm itself, a person. */
import { openInbound } from '../../functions/adapters/events/inbound.ts';
import { remediate } from '../../functions/app/remediate.ts';
import type { Random } from '../bench/world/random.ts';
import { type Case, type Door, type Found, sendJson } from './door.ts';
import { aNotification, inSns, inSqs } from './envelope.ts';
import { aMessage, anAlarmMessage } from './messages.ts';
import { damage, mutateValue, write } from './mutate.ts';
import { judgeError } from './oracle.ts';
import { FuzzWorld, SETTINGS, type Setting } from './remediate-world.ts';

export const REMEDIATE: Door = {
  name: 'remediate',
  about: 'SQS, SNS, EventBridge, direct and manual events, through the app over six worlds',
  generate(random) {
    const setting = random.pick(SETTINGS);
    const text = envelop(random, () => messageText(random, setting === 'another-year'));
    return { text, setting };
  },
  send: ({ text, setting }: Case) => sendJson(text, (event) => deliver(event, setting as Setting)),
};

function messagesOf(event: unknown): number {
  const { Records: records } = (event ?? {}) as { readonly Records?: unknown };
  return Array.isArray(records) ? Math.max(1, records.length) : 1;
}

async function deliver(event: unknown, setting: Setting): Promise<Found> {
  const fuzz = new FuzzWorld(setting, messagesOf(event));
  const guarded = { all: () => Promise.resolve([fuzz.world.service]) };
  const deps = { ...fuzz.deps(), guarded, open: openInbound };
  const invocation = { requestId: 'request-1', signal: new AbortController().signal };
  const outcomes: string[] = [];
  const errors: unknown[] = fuzz.errors;
  try {
    const answer = await remediate(deps, event, invocation);
    if ('batchItemFailures' in answer) outcomes.push('batch answered');
    if (Array.isArray(answer) && answer.length === 0) outcomes.push('nothing in it');
  } catch (error) {
    errors.push(error);
  }
  const judged = errors.map(judgeError);
  outcomes.push(...fuzz.decided, ...judged.map(({ code }) => code));
  const broken = judged.find((one) => one.broken !== undefined)?.broken ?? fuzz.broken();
  return { outcomes, ...(broken === undefined ? {} : { broken }) };
}

function messageText(random: Random, alarmsOnly: boolean): string {
  const message = alarmsOnly ? anAlarmMessage(random) : aMessage(random);
  const changes = random.pick([0, 0, 0, 1, 1, 1, 2, 4]);
  const text = write(mutateValue(random, message, changes));
  return damage(random, text, random.pick([0, 0, 0, 0, 0, 1, 1, 2]));
}

/** Envelopes are changed less often: what is in them is what people and machines write. */
function envelop(random: Random, message: () => string): string {
  const kind = random.next();
  const count = random.next() < 0.8 ? 1 : random.integer(0, 10);
  const texts = (): string[] => Array.from({ length: count }, message);
  if (kind < 0.3) return message();
  const event =
    kind < 0.7
      ? inSqs(random, random.next() < 0.8 ? texts() : texts().map(inQueue(random)))
      : inSns(texts());
  const changes = random.next() < 0.2 ? random.integer(1, 3) : 0;
  const text = write(mutateValue(random, event, changes));
  return damage(random, text, random.next() < 0.05 ? 1 : 0);
}

function inQueue(random: Random): (text: string) => string {
  return (text) => JSON.stringify(random.next() < 0.5 ? aNotification(text) : inSns([text]));
}
