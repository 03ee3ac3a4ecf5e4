/** Which definitions may run in AWS, where, and when. */
import { describe, expect, test } from 'vitest';
import type { Definition } from '../../functions/core/drill/definition.ts';
import { spellRefusal } from '../../functions/core/drill/refusal.ts';
import {
  type DrillRequest,
  type DrillSetting,
  endOf,
  levelOf,
  refusalsOf,
} from '../../functions/core/drill/refusals.ts';
import type { DrillSight } from '../../functions/core/drill/sight.ts';
import { durationMillis, later } from '../../functions/core/time.ts';
import { NOW } from './builders.ts';
import { aDefinition, aRequest, aSight, DRILL_ID, FAULT, plus, SETTING } from './drill-builders.ts';

const RING = { do: 'set-alarm-state', name: 'ring', is: 'ALARM' } as const;

const EVERYWHERE = { ...FAULT, on: { all: true } } as const;

function refused(
  request: DrillRequest,
  sight: DrillSight = aSight(),
  setting: DrillSetting = SETTING,
): readonly string[] {
  return refusalsOf(sight, request, setting, DRILL_ID).map(spellRefusal);
}

describe('a definition', () => {
  test.each<readonly [Partial<Definition>, readonly string[]]>([
    [{}, []],
    [{ level: 'fault', method: [FAULT] }, []],
    [
      { method: [{ do: 'dependency', name: 'x', is: 'down' }, RING] },
      ["lab-only: got dependency, wanted AWS FIS, or the dependency's own switch"],
    ],
    [
      { method: [{ do: 'scale', name: 'x', desired: 9 }, RING] },
      ['lab-only: got scale, wanted ecs:UpdateService by hand'],
    ],
    [
      { method: [{ do: 'network', name: 'x', is: 'blocked' }, RING] },
      ['lab-only: got network, wanted AWS FIS: aws:network:disrupt-connectivity'],
    ],
    [
      { method: [{ do: 'targets', name: 'x', are: 'detached' }, RING] },
      ['lab-only: got targets, wanted elasticloadbalancing:DeregisterTargets by hand'],
    ],
    [
      { method: [{ do: 'health-path', name: 'x', path: '/' }, RING] },
      ['lab-only: got health-path, wanted elasticloadbalancing:ModifyTargetGroup by hand'],
    ],
    [
      { method: [{ do: 'traffic', name: 'x', perSecond: 9 }, RING] },
      ['lab-only: got traffic, wanted a load test of your own'],
    ],
    [
      { method: [{ do: 'deliver-copies', name: 'x', copies: 2 }, RING] },
      ['lab-only: got deliver-copies, wanted the lab: npm run drill'],
    ],
    [
      { method: [{ do: 'deploy', name: 'x', revision: {} }, RING] },
      ['lab-only: got deploy, wanted your pipeline'],
    ],
    [
      {
        method: [
          { do: 'fault-new-tasks', name: 'x', fault: { kind: 'exit', code: 1 }, count: 1 },
          RING,
        ],
      },
      ['lab-only: got fault-new-tasks, wanted a fault of one running task'],
    ],
    [
      {
        method: [RING],
        rollbacks: [{ do: 'clear-faults', name: 'x', of: 'catalog-api', on: { all: true } }],
      },
      ['lab-only: got clear-faults of catalog-api, wanted a drill of that service'],
    ],
    [
      {
        method: [RING],
        rollbacks: [{ do: 'clear-faults', name: 'x', of: 'checkout-api', on: { all: true } }],
      },
      [],
    ],
    [
      { level: 'fault', method: [FAULT, FAULT] },
      ['too-wide: got 2 faults, wanted one fault of one task'],
    ],
    [
      { level: 'fault', method: [EVERYWHERE] },
      ['too-wide: got 1 fault, not of one task, wanted one fault of one task'],
    ],
    [
      { level: 'fault', method: [{ ...FAULT, on: { tasks: [1, 2] } }] },
      ['too-wide: got 1 fault, not of one task, wanted one fault of one task'],
    ],
    [
      { level: 'wiring', method: [FAULT] },
      ['too-wide: got a fault at level wiring, wanted level fault'],
    ],
    [
      { method: [{ do: 'wait', name: 'x', seconds: 9 }] },
      ['lab-only: got no step that AWS can do, wanted set-alarm-state or fault'],
    ],
  ])('%j', (definition, refusals) => {
    expect(refused(aRequest(definition))).toEqual(refusals);
  });

  test('has the level that it names, or else that of its steps', () => {
    const { level: _none, ...definition } = aDefinition();

    expect(levelOf({ ...definition, level: 'fault' })).toBe('fault');
    expect(levelOf({ ...definition, method: [RING, FAULT] })).toBe('fault');
    expect(levelOf({ ...definition, method: [RING] })).toBe('wiring');
  });
});

describe('a place', () => {
  const production = aSight({ service: { environment: 'prod-eu' } });
  const fault = aRequest({ level: 'fault', method: [FAULT] });

  test('that is production is asked for twice', () => {
    const allowed = { ...SETTING, mayDrillProduction: true };

    expect(refused(aRequest(), production)).toEqual([
      'production: got prod-eu, wanted a function that may drill production (DRILL_PRODUCTION=allowed)',
    ]);
    expect(refused(aRequest(), production, allowed)).toEqual([
      'production: got prod-eu, wanted allowProduction: true',
    ]);
    expect(refused({ ...aRequest(), allowProduction: true }, production, allowed)).toEqual([]);
  });

  test('must be able to mend what is made ill', () => {
    const observing = aSight({ policy: { mode: 'observe' } });

    expect(refused(fault, observing)).toEqual([
      'observe-only: got policy.mode observe, wanted heal: nothing would mend it',
    ]);
    expect(refused(aRequest(), observing)).toEqual([]);
    expect(refused(fault, aSight(), { ...SETTING, faultUrls: {} })).toEqual([
      'no-fault-switch: got no URL of the service, wanted the URL and the secret of its fault switch',
    ]);
    expect(refused(fault, aSight(), { ...SETTING, hasFaultSecret: false })).toEqual([
      'no-fault-switch: got no secret, wanted the URL and the secret of its fault switch',
    ]);
    expect(refused(aRequest(), aSight(), { ...SETTING, faultUrls: {} })).toEqual([]);
  });
});

describe('a window', () => {
  // NOW is a Friday, three minutes past ten.
  test.each<readonly [Definition['window'], readonly string[]]>([
    [{ hours: { from: 10, to: 11 } }, []],
    [{ hours: { from: 9, to: 11 } }, []],
    [{ hours: { from: 9, to: 10 } }, ['outside-window: got 10:03 UTC, wanted hours 9 to 10 UTC']],
    [{ hours: { from: 11, to: 12 } }, ['outside-window: got 10:03 UTC, wanted hours 11 to 12 UTC']],
    [{ hours: { from: 22, to: 11 } }, []],
    [{ hours: { from: 10, to: 6 } }, []],
    [{ hours: { from: 22, to: 10 } }, ['outside-window: got 10:03 UTC, wanted hours 22 to 10 UTC']],
    [{ hours: { from: 12, to: 12 } }, []],
    [{ days: ['fri'] }, []],
    [
      { days: ['mon', 'thu'], hours: { from: 1, to: 2 } },
      [
        'outside-window: got fri, wanted mon, thu',
        'outside-window: got 10:03 UTC, wanted hours 1 to 2 UTC',
      ],
    ],
  ])('%j', (window, refusals) => {
    expect(refused(aRequest({ ...(window === undefined ? {} : { window }) }))).toEqual(refusals);
  });

  test.each(['fri', 'sat', 'sun', 'mon', 'tue', 'wed', 'thu'] as const)(
    'knows each day by its name: %s',
    (day) => {
      const names = ['fri', 'sat', 'sun', 'mon', 'tue', 'wed', 'thu'];
      const at = later(NOW, durationMillis(names.indexOf(day) * 86_400_000));

      expect(refused(aRequest({ window: { days: [day] } }), aSight({ at }))).toEqual([]);
    },
  );
});

describe('the end of a drill', () => {
  test.each([
    [aDefinition({ method: [RING], timeLimit: 100 }), 160 + 900],
    [
      aDefinition({ method: [RING, { do: 'wait', name: 'x', seconds: 30 }], timeLimit: 100 }),
      190 + 900,
    ],
    [aDefinition({ method: [RING], timeLimit: 9_000 }), 3_600],
    [aDefinition({ method: [RING], timeLimit: 9_000, window: { maxMinutes: 40 } }), 2_400],
  ])('%# is the sum of its limits, within its window', (definition, wanted) => {
    expect(endOf(definition, NOW)).toBe(plus(wanted));
  });
});
