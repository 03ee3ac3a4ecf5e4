/** CloudWatch may show an alarm as it was before the change that woke us; to believe it would be to lose the alarm. */
import { describe, expect, test } from 'vitest';
import type { Delivery } from '../../functions/core/delivery.ts';
import { isHealerError } from '../../functions/core/errors.ts';
import { earlier, later, minutes, seconds } from '../../functions/core/time.ts';
import { anAlarm, anAlarmDelivery, aService, NOW } from '../core/builders.ts';
import { World } from './world.ts';

const RANG = earlier(NOW, seconds(1));
const WELL = anAlarm({ state: 'OK', since: earlier(NOW, minutes(30)) });

function justRang(): Delivery {
  const delivery = anAlarmDelivery();
  if (delivery.kind !== 'alarm') throw new Error('no alarm');
  return { ...delivery, alarm: { ...delivery.alarm, changedAt: RANG } };
}

/** One task of four fails; the first looks show the alarm of before. */
function aLaggingWorld(looks: number): World {
  const world = new World(aService());
  const { deps } = world;
  let left = looks;
  world.deps = () => {
    const real = deps.call(world);
    const alarms: typeof real.alarms = {
      alarms: (...asked) => {
        left -= 1;
        return left >= 0 ? Promise.resolve([WELL]) : real.alarms.alarms(...asked);
      },
    };
    return { ...real, alarms };
  };
  return world;
}

describe('an alarm whose ring is not shown yet', () => {
  test('is looked at once more at once', async () => {
    const world = aLaggingWorld(1);

    expect(await world.deliver(justRang())).toMatchObject({ verdict: 'act' });
  });

  test('comes again when that did not show it, with nothing written', async () => {
    const world = aLaggingWorld(2);

    const failure = await world.deliver(justRang()).catch((error: unknown) => error);

    if (!isHealerError(failure)) throw new Error('wanted an error with a code');
    expect(failure).toMatchObject({ code: 'dependency.unavailable', retryable: true });
    expect(failure.message).toBe(
      'alarm checkout-api-5xx-rate: got its state OK of 2026-11-20T09:33:41.516Z, wanted one since it rang',
    );
    expect(world.store.state).toBeUndefined();
  });

  test('is healed when the message comes again', async () => {
    const world = aLaggingWorld(2);

    await world.deliverUntilDone(justRang());
    await world.run();

    expect(world.stops).toHaveLength(1);
    expect(world.told.at(-1)).toMatchObject({ kind: 'recovered' });
  });

  test('was made up when it is not shown a minute later', async () => {
    const world = aLaggingWorld(99);

    await world.deliverUntilDone(justRang());
    await world.run(later(NOW, minutes(30)));

    expect(world.nextDue()).toBe(Number.POSITIVE_INFINITY);
    expect(world.store.state).toBeUndefined();
    expect(world.told).toEqual([]);
  });

  test('does not let an incident end that was about to', async () => {
    const world = new World(aService());
    await world.deliver();
    while (world.lock().incident?.stableSince === undefined) await world.runNext();
    world.now = later(world.now, minutes(5));
    const rangAgain = justRang();
    if (rangAgain.kind !== 'alarm') throw new Error('no alarm');
    const alarm = { ...rangAgain.alarm, changedAt: world.now };

    await expect(world.deliver({ kind: 'alarm', alarm })).rejects.toThrow('wanted one since');

    expect(world.lock().incident?.state).not.toBe('recovered');
  });
});
