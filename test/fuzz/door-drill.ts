/** Whatever may invoke `drill`: a person, the calendar, its own queue. It can stop no task whatever it is sent. */
import { openDrill } from '../../functions/adapters/events/drill.ts';
import { drill } from '../../functions/app/drill/drill.ts';
import { DrillWorld } from '../app/drill-world.ts';
import type { Random } from '../bench/world/random.ts';
import { eventFiles, readEvent } from '../events/manifest.ts';
import { type Case, type Door, type Found, sendJson } from './door.ts';
import { inSqs } from './envelope.ts';
import { damage, mutateValue, write } from './mutate.ts';
import { Effort, judgeError } from './oracle.ts';

const EXAMPLES = eventFiles()
  .filter((name) => name.startsWith('drill-'))
  .map((name) => JSON.stringify(readEvent(name)));
const LOOK = JSON.stringify({
  kind: 'drill-look',
  serviceId: 'shop-prod/checkout-api',
  drillId: 'drill-20261120-100341-3f9c2k',
  token: 1,
});
const CALLS_MAX = 200;

export const DRILL: Door = {
  name: 'drill',
  about: 'requests, definitions and looks of drills, through the app',
  generate(random) {
    return { text: envelop(random), setting: '' };
  },
  send: ({ text }: Case) => sendJson(text, perform),
};

async function perform(event: unknown): Promise<Found> {
  const world = new DrillWorld();
  const effort = new Effort(CALLS_MAX);
  const { locks, drills, log, ...ports } = world.drillDeps();
  const errors: unknown[] = [];
  const deps = {
    ...ports,
    locks: effort.counted(locks),
    drills: effort.counted(drills),
    log: {
      ...log,
      failed: ({ error }: { readonly error: unknown }) => void errors.push(error),
    },
    open: openDrill,
  };
  const outcomes: string[] = [];
  try {
    const signal = new AbortController().signal;
    const answer = await drill(deps, event, { requestId: 'request-1', signal });
    outcomes.push('batchItemFailures' in answer ? 'batch answered' : answer.kind);
  } catch (error) {
    errors.push(error);
  }
  const judged = errors.map(judgeError);
  outcomes.push(...judged.map(({ code }) => code));
  const stopped = world.stops.length > 0 ? `it stopped ${world.stops.join(', ')}` : undefined;
  const broken = judged.find((one) => one.broken !== undefined)?.broken ?? stopped;
  return { outcomes, ...(broken === undefined ? {} : { broken }) };
}

function envelop(random: Random): string {
  const given: unknown = JSON.parse(random.next() < 0.15 ? LOOK : random.pick(EXAMPLES));
  const changed = mutateValue(random, given, random.pick([0, 1, 1, 2, 3]));
  const text = damage(random, write(changed), random.pick([0, 0, 0, 1]));
  if (random.next() < 0.5) return text;
  const event = inSqs(random, [text]);
  return write(mutateValue(random, event, random.next() < 0.1 ? 1 : 0));
}
