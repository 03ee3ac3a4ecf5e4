/** The bundled drill function against a real site: it looks at itself through its queue until it is over. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { DrillAnswer } from '../../functions/app/drill/drill.ts';
import { Load } from '../drill/load.ts';
import { everyAlarmIsOk } from '../drill/perform.ts';
import { Rehearsals } from '../drill/rehearse.ts';
import { readEvent } from '../events/manifest.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { CALLER, SERVICE_ID } from '../lab/names.ts';

const FACTOR = 20;
/** A drill looks every ten seconds, whatever the lab's factor. */
const DRILL_MS_MAX = 180_000;

let built: Rehearsals;
let lab: Lab;
let load: Load;

beforeAll(async () => {
  built = await Rehearsals.prepare();
  lab = await startLab({ timeFactor: FACTOR, healer: { bundles: built.bundles } });
  load = new Load({ url: lab.site.loadBalancer.url, perSecond: 40, timeoutMs: 5_000 });
  await steady();
}, 120_000);
afterAll(async () => {
  load.close();
  await lab.close();
  await built.close();
});

async function steady(): Promise<void> {
  const isSteady = () => expect(lab.site.isUp() && everyAlarmIsOk(lab)).toBe(true);
  await vi.waitFor(isSteady, { timeout: 90_000, interval: 200 });
}

async function ask(event: unknown): Promise<DrillAnswer> {
  const result = await lab.healer?.invoke('drill', event);
  return result?.payload as DrillAnswer;
}

type Status = Extract<DrillAnswer, { kind: 'status' }>;

/** Starts it, and waits until the drill says by itself that it is over. */
async function run(name: string): Promise<Status> {
  const started = await ask(readEvent(name));
  if (started.kind !== 'started') throw new Error(JSON.stringify(started));
  const { drillId } = started.status;
  const over = async () => {
    const status = (await ask({ kind: 'drill-status', service: SERVICE_ID, drillId })) as Status;
    expect(status.drills[0]?.phase).toBe('ended');
    return status;
  };
  return vi.waitFor(over, { timeout: DRILL_MS_MAX, interval: 1_000 });
}

const stops = () => lab.events.calls().filter(({ operation }) => operation === 'StopTask');

describe('the drill function', () => {
  test('proves the wiring without harm', { timeout: DRILL_MS_MAX }, async () => {
    const { drills, journal } = await run('drill-wiring.json');

    expect(drills[0], JSON.stringify(journal?.rows)).toMatchObject({ verdict: 'pass' });
    expect(stops()).toEqual([]);
    expect(journal?.timeline.every(({ drill }) => drill === drills[0]?.drillId)).toBe(true);
  });

  test('makes one task ill, which is healed', { timeout: DRILL_MS_MAX }, async () => {
    await steady();

    const { drills, journal } = await run('drill-fault.json');

    expect(drills[0], JSON.stringify(journal?.rows)).toMatchObject({ verdict: 'pass' });
    expect(stops()).toHaveLength(1);
    expect(stops()[0]?.input).toMatchObject({ task: journal?.illTasks[0] });
    expect(stops()[0]?.caller).toBe(CALLER.remediate);
  });
});
