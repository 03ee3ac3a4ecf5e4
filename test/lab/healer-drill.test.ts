/** The drill function as CDK deploys it: with its own role, queue and mapping, by the clock. */
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { DrillAnswer } from '../../functions/app/drill/drill.ts';
import { everyAlarmIsOk } from '../drill/perform.ts';
import { type Lab, startLab } from './lab.ts';
import { lettersIn } from './letters.ts';
import { CALLER, SERVICE_ID } from './names.ts';
import { type Properties, planted, Synthesised } from './template/synthesised.ts';
import type { Template } from './template/template.ts';

const UP = { timeout: 60_000, interval: 100 };
const OVER = { timeout: 90_000, interval: 500 };
const TIMES = { timeout: 160_000 };

type Drill = Extract<DrillAnswer, { kind: 'status' }>['drills'][number];

let app: Synthesised;
let lab: Lab;

beforeAll(async () => {
  app = await Synthesised.app({ drills: 'wiring', environment: 'staging' });
});
afterAll(() => app.close());
afterEach(() => lab.close());

/** Has the clock ask for the drill. */
async function drillByTheClock(template: Template): Promise<void> {
  lab = await startLab({ timeFactor: 20, healer: { template } });
  await vi.waitFor(() => expect(lab.site.isUp() && everyAlarmIsOk(lab)).toBe(true), UP);
  expect(await lab.healer?.fire('checkoutServiceDrill')).toBe(1);
}

async function lastDrill(): Promise<Drill | undefined> {
  const asked = { kind: 'drill-status', service: SERVICE_ID };
  const { payload } = (await lab.healer?.invoke('drill', asked)) ?? {};
  return (payload as { readonly drills?: readonly Drill[] } | undefined)?.drills?.[0];
}

/** @returns the drill when it says by itself that it is over. */
function overDrill(): Promise<Drill | undefined> {
  return vi.waitFor(async () => {
    const last = await lastDrill();
    expect(last?.phase).toBe('ended');
    return last;
  }, OVER);
}

/** Error codes of the calls of the function to that operation. */
function errorsOf(operation: string): readonly (string | undefined)[] {
  const calls = lab.events.calls().filter((call) => call.operation === operation);
  return [
    ...new Set(calls.filter(({ caller }) => caller === CALLER.rehearse).map(({ error }) => error)),
  ];
}

describe('a scheduled drill of the wiring', TIMES, () => {
  test('passes with the rights that the template gives, and stops nothing', async () => {
    await drillByTheClock(app.template);

    expect(await overDrill()).toMatchObject({ verdict: 'pass', by: 'schedule' });
    expect(lab.events.calls().filter(({ operation }) => operation === 'StopTask')).toEqual([]);
    expect(errorsOf('SetAlarmState')).toEqual([undefined]);
    await vi.waitFor(
      () =>
        expect(
          lab.slack
            .messages()
            .map(({ payload }) => payload.text)
            .join(),
        ).toMatch(/DRILL PASS/),
      UP,
    );
  });

  test('does not pass when its role may ring no alarm', async () => {
    const which = ['AWS::IAM::Policy', 'DrillRole'] as const;
    const without = planted(app.template, which, ({ PolicyDocument: document }: Properties) => {
      document.Statement = document.Statement.filter(
        ({ Sid = '' }: { readonly Sid?: string }) => !Sid.startsWith('RingAlarms'),
      );
    });

    await drillByTheClock(without);

    await vi.waitFor(() => expect(errorsOf('SetAlarmState')).toEqual(['AccessDenied']), OVER);
    // It would try until its time is over.
    await lab.healer?.invoke('drill', {
      kind: 'drill-stop',
      service: SERVICE_ID,
      by: 'ana',
      why: 'no right to ring',
    });
    expect(await overDrill()).toMatchObject({ verdict: 'aborted' });
  });

  test('waits for ever when nothing brings it its own looks', async () => {
    const which = ['AWS::Lambda::EventSourceMapping', 'DrillLooks'] as const;
    await drillByTheClock(planted(app.template, which, 'remove'));

    // One that left before the drill was written down, and one of its first pass.
    await vi.waitFor(async () => expect(await lettersIn(lab, 'DrillLooks')).toBe(2), OVER);
    expect((await lastDrill())?.phase).not.toBe('ended');
  });
});
