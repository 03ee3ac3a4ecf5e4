/** A bounded part of `npm run fuzz`, and whether the fuzzer would notice. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { HealerError } from '../../functions/core/errors.ts';
import { Random } from '../bench/world/random.ts';
import type { Door, Found } from './door.ts';
import { DOORS } from './doors.ts';
import { CANARY } from './hostile.ts';
import { judgeError } from './oracle.ts';
import { FuzzWorld } from './remediate-world.ts';
import { spellBroken, spellOutcomes } from './report.ts';
import { fuzz, replay, type Tally } from './run.ts';

const FIXED = 8_000;
const FRESH = 2_000;
const TIMEOUT = 180_000;

function codesOf(tally: Tally, door: string): readonly string[] {
  return [...(tally.outcomes.get(door)?.keys() ?? [])];
}

function told({ broken }: Tally): string {
  return broken === undefined ? 'every promise held' : spellBroken(broken);
}

describe('every door', { timeout: TIMEOUT }, () => {
  test('takes the same events as ever, and whatever it does with them is seen', async () => {
    const tally = await fuzz({ doors: DOORS, seed: 'ci', events: FIXED });

    expect(told(tally)).toBe('every promise held');
    // Not everything may die where JSON is read, or where the first field is looked at.
    expect(codesOf(tally, 'remediate')).toEqual(
      expect.arrayContaining([
        'event.malformed',
        'event.unknown-kind',
        'event.not-guarded',
        'settled too-old',
        'escalate too-old',
        'settled alarm-cleared',
        'hold observe-only',
        'hold unreadable',
        'hold paused',
        'settled paused',
        'settled resumed',
        'settled not-open',
        'watchdog looked',
      ]),
    );
    expect(codesOf(tally, 'notify')).toEqual(expect.arrayContaining(['told', 'event.malformed']));
    expect(codesOf(tally, 'respond')).toEqual(
      expect.arrayContaining([
        'click asked',
        '400 click.malformed',
        '400 click.unknown-action',
        '401 click.forged',
        '401 click.stale',
        'ignored click.link',
      ]),
    );
    expect(codesOf(tally, 'drill')).toEqual(
      expect.arrayContaining(['started', 'plan', 'refused', 'looked', 'event.not-guarded']),
    );
    expect(codesOf(tally, 'files')).toEqual(
      expect.arrayContaining(['services: 2', 'services: config.invalid', 'definition: sound']),
    );
  });

  test('takes events that nobody has seen before', async () => {
    const seed = randomUUID();
    const tally = await fuzz({ doors: DOORS, seed, events: FRESH });

    expect(`seed ${seed}: ${told(tally)}`).toBe(`seed ${seed}: every promise held`);
  });
});

/** A door with a bug in it. */
function aDoor(send: (text: string) => Found): Door {
  return {
    name: 'planted',
    about: 'for a test',
    generate: (random) => ({ text: `${random.integer(0, 9)}-${'x'.repeat(40)}`, setting: '' }),
    send: async ({ text }) => send(text),
  };
}

const OK: Found = { outcomes: ['fine'] };

async function tallyOf(door: Door): Promise<Tally> {
  return fuzz({ doors: [door], seed: 's', events: 500 });
}

describe('the fuzzer notices', () => {
  test.each<readonly [string, (text: string) => Found, RegExp]>([
    [
      'a crash',
      () => {
        throw new TypeError('of undefined');
      },
      /a crash: TypeError: of undefined/,
    ],
    ['an event that leaves no trace', () => ({ outcomes: [] }), /it left no trace/],
    [
      'a change of what all objects share',
      () => {
        Reflect.set(Object.prototype, 'polluted', true);
        return OK;
      },
      /the prototype of all objects has changed/,
    ],
  ])('%s', async (_name, send, what) => {
    const tally = await tallyOf(aDoor(send));
    Reflect.deleteProperty(Object.prototype, 'polluted');

    expect(tally.sent).toBe(1);
    expect(told(tally)).toMatch(what);
  });

  test.each<readonly [string, unknown, RegExp]>([
    ['an error without a code', new RangeError('too deep'), /without a code: RangeError/],
    ['what is thrown and no error', 'oops', /without a code: oops/],
    [
      'an error of a hundred thousand characters',
      new HealerError('event.malformed', 'x'.repeat(100_000)),
      /a message of 100000 characters/,
    ],
    [
      'a secret in an error',
      new HealerError('event.malformed', `got ${CANARY}`),
      /a secret in its message/,
    ],
  ])('%s', (_name, error, broken) => {
    expect(judgeError(error).broken).toMatch(broken);
  });

  test('a stop, a secret that is told, and a lock that nobody could read again', async () => {
    const { signal } = new AbortController();
    const stopping = new FuzzWorld('well', 1);
    await stopping.deps().stopper.stop(stopping.world.service, 'a-task', '', signal);
    expect(stopping.broken()).toBe('it stopped a-task');

    const telling = new FuzzWorld('well', 1);
    telling.said.push(`password is ${CANARY}`);
    expect(telling.broken()).toMatch(/^a secret is told/);

    const keeping = new FuzzWorld('paused', 1);
    keeping.world.meddle({ cooldownUntil: Number.NaN as never });
    expect(keeping.broken()).toMatch(/^the lock cannot be kept/);
  });

  test('work without end', async () => {
    const world = new FuzzWorld('well', 1);
    const { store } = world.deps();
    const { signal } = new AbortController();
    const reads = Array.from({ length: 500 }, async () => store.read('a/b', signal));

    await expect(Promise.all(reads)).rejects.toThrow('more than 400 calls for one event');
  });

  test('and cuts the event down to what breaks it, and sends it again', async () => {
    const door = aDoor((text) => (text.includes('7') ? { outcomes: ['x'], broken: 'a 7' } : OK));

    const { broken } = await tallyOf(door);

    expect(broken?.given.text).toBe('7');
    expect(await replay(door, broken?.seed ?? '')).toMatchObject({ broken: 'a 7' });
  });

  test('nothing where nothing is broken, and counts it', async () => {
    const tally = await tallyOf(aDoor(() => OK));

    expect(told(tally)).toBe('every promise held');
    expect(spellOutcomes(tally)).toBe('planted    fine         500');
  });
});

test('the same seed makes the same events', () => {
  for (const door of DOORS) {
    const [one, other] = [1, 1].map((n) => door.generate(new Random(`seed/${n}`)));
    expect(one).toEqual(other);
    expect(door.generate(new Random('seed/2'))).not.toEqual(one);
  }
});
