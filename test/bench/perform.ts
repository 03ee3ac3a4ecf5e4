/**
 * Performs a definition in the virtual world: first with our healer, then at the same moments
 * with every other.
 */
import type { Definition, Effect, Tier } from '../drill/definition.ts';
import { apply } from './effects.ts';
import type { World } from './world/world.ts';

/** What a strategy's incident is like; only ours has one. */
export type IncidentState = (tier: Tier) => string | undefined;

interface Played {
  readonly at: number;
  readonly effect: Effect;
}

export interface Schedule {
  readonly played: readonly Played[];
  /** The first effect that is no waiting. */
  readonly faultAt: number;
  readonly endAt: number;
  /** When the drill cleans up what nobody had healed; absent when a person mends it. */
  readonly cleanUpAt?: number;
  /** What did not come about in its time. */
  readonly missed: readonly string[];
}

const MINUTE_MS = 60_000;
/** A steady service, and a fault that begins anywhere within a minute of the metrics. */
const WARM_UP_SECONDS = 300;
/** How long it is watched after the last step: an alarm that comes back rings within this time. */
const TAIL_SECONDS = 360;
/** From the message to the first thing that the person does whom it called. */
const PERSON_SECONDS = 300;
const GUARDED: Tier = 'checkout-api';

/** Runs the whole definition, and remembers when each step was made. */
export async function perform(
  world: World,
  definition: Definition,
  incident: IncidentState,
): Promise<Schedule> {
  await world.run(WARM_UP_SECONDS + world.random.fork('phase').integer(0, 59));
  const played: Played[] = [];
  const missed: string[] = [];
  const make = async (effect: Effect): Promise<void> => {
    if (effect.do.startsWith('wait')) {
      await waitFor(world, effect, incident, missed);
      return;
    }
    played.push({ at: world.now(), effect });
    apply(world, effect);
  };
  for (const step of definition.method) await make(step);
  const faultAt = played[0]?.at ?? world.now();
  const limitAt = faultAt + definition.timeLimit * 1_000;
  const left = Math.max(0, (limitAt - world.now()) / 1_000);
  const { until: end } = definition;
  if (end === 'quiet') await world.run(left);
  else await waitFor(world, { do: 'wait-for-incident', is: end, seconds: left }, incident, missed);
  if (end === 'recovered') await world.agenda.runUntil(Math.max(limitAt, world.now()));
  else await world.run(PERSON_SECONDS);
  const mendAt = world.now();
  for (const step of definition.rollbacks) await make(step);
  await world.agenda.runUntil(Math.max(limitAt, world.now()) + TAIL_SECONDS * 1_000);
  const cleanUp = end === 'recovered' ? { cleanUpAt: mendAt } : {};
  return { played, faultAt, endAt: world.now(), missed, ...cleanUp };
}

/** The same steps at the same moments: the fault lasts as long for every strategy. */
export async function replay(world: World, { played, endAt }: Schedule): Promise<void> {
  for (const { at, effect } of played) {
    await world.agenda.runUntil(at);
    apply(world, effect);
  }
  await world.agenda.runUntil(endAt);
}

async function waitFor(
  world: World,
  effect: Effect,
  incident: IncidentState,
  missed: string[],
): Promise<void> {
  switch (effect.do) {
    case 'wait':
      return world.run(effect.seconds);
    case 'wait-for-minute':
      return world.run((MINUTE_MS - (world.now() % MINUTE_MS)) / 1_000);
    case 'wait-for-incident': {
      const { of = GUARDED, is, seconds } = effect;
      if (await until(world, seconds, () => incident(of) === is)) return;
      missed.push(`incident of ${of} is ${is}: it is ${incident(of) ?? 'none'}`);
      return;
    }
    case 'wait-for-alarms': {
      const { are, seconds } = effect;
      const isSo = () => (are === 'ALARM') === ringing(world) > 0;
      if (await until(world, seconds, isSo)) return;
      missed.push(`alarms are ${are}`);
      return;
    }
    default:
      return;
  }
}

function ringing({ sites }: World): number {
  return sites.reduce((sum, { alarms }) => sum + alarms.ringing().length, 0);
}

async function until(world: World, seconds: number, isSo: () => boolean): Promise<boolean> {
  const endAt = world.now() + seconds * 1_000;
  while (!isSo()) {
    if (world.now() >= endAt) return false;
    await world.run(1);
  }
  return true;
}
