/** Sends events, counts what becomes of them, and cuts the first one that breaks a promise as small as it goes. */
import { Random } from '../bench/world/random.ts';
import type { Case, Door, Found } from './door.ts';
import { pollution } from './oracle.ts';
import { shrink } from './shrink.ts';

export interface Broken {
  readonly door: string;
  /** The event's own seed: it is made of nothing else. */
  readonly seed: string;
  readonly what: string;
  readonly given: Case;
}

export interface Tally {
  /** By door, then by outcome. */
  readonly outcomes: Map<string, Map<string, number>>;
  sent: number;
  broken?: Broken;
}

export interface Campaign {
  readonly doors: readonly Door[];
  readonly seed: string;
  readonly events: number;
  /** Called now and then. */
  readonly onProgress?: (tally: Tally) => void;
}

const PROGRESS_EVERY = 1_000;

/** Stops at the first broken promise. */
export async function fuzz({ doors, seed, events, onProgress }: Campaign): Promise<Tally> {
  const tally: Tally = { outcomes: new Map(), sent: 0 };
  for (; tally.sent < events && tally.broken === undefined; tally.sent += 1) {
    const door = doors[tally.sent % doors.length];
    if (door === undefined) break;
    const own = `${seed}/${tally.sent}`;
    const given = door.generate(new Random(`${own}/${door.name}`));
    const found = await sendSafely(door, given);
    count(tally, door, found);
    if (found.broken !== undefined) tally.broken = await explain(door, own, given, found.broken);
    if (tally.sent % PROGRESS_EVERY === PROGRESS_EVERY - 1) onProgress?.(tally);
  }
  return tally;
}

/** Makes the event of a seed again. */
export function replay(door: Door, own: string): Promise<Found> {
  return sendSafely(door, door.generate(new Random(`${own}/${door.name}`)));
}

async function sendSafely(door: Door, given: Case): Promise<Found> {
  try {
    const found = await door.send(given);
    const broken = found.broken ?? pollution();
    if (broken === undefined && found.outcomes.length === 0) {
      return { outcomes: ['nothing'], broken: 'it left no trace: no answer, record or error' };
    }
    return broken === undefined ? found : { ...found, broken };
  } catch (error) {
    const stack = error instanceof Error ? error.stack : undefined;
    return { outcomes: ['crash'], broken: `a crash: ${stack ?? String(error)}` };
  }
}

function count({ outcomes }: Tally, { name }: Door, found: Found): void {
  const counts = outcomes.get(name) ?? new Map<string, number>();
  outcomes.set(name, counts);
  for (const outcome of found.outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
}

async function explain(door: Door, seed: string, given: Case, what: string): Promise<Broken> {
  const isSame = async (candidate: Case): Promise<boolean> => {
    const { broken } = await sendSafely(door, candidate);
    return broken !== undefined && kindOf(broken) === kindOf(what);
  };
  return { door: door.name, seed, what, given: await shrink(given, isSame) };
}

/** Of a stack the first line without its numbers: a smaller event must fail in the same way, not in the same words. */
function kindOf(broken: string): string {
  const [first = ''] = broken.split('\n');
  return first.replace(/\d+/g, '0').slice(0, 40);
}
