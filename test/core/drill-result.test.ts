/** What a drill in AWS measures. */
import { describe, expect, test } from 'vitest';
import { conclude } from '../../functions/core/drill/result.ts';
import type { DrillState } from '../../functions/core/drill/state.ts';
import type { Tolerance } from '../../functions/core/drill/tolerance.ts';
import type { Entry } from '../../functions/core/entry.ts';
import { seconds } from '../../functions/core/time.ts';
import { aLock, anEntry, anIncident, aTask } from './builders.ts';
import { aDrill, aPatient, aSight, plus, UNDER_WAY } from './drill-builders.ts';

function told(kind: Entry['kind'], at: number, part: Partial<Entry> = {}): Entry {
  const { reason: _none, victim: _nobody, ...entry } = anEntry({ kind, at: plus(at), ledger: {} });
  return { ...entry, ...part };
}

const STORY: readonly Entry[] = [
  told('held', -60, { reason: 'storm' }),
  told('opened', 70),
  told('held', 71, { reason: 'replacing' }),
  told('held', 80, { reason: 'starting' }),
  told('stopped', 100, { ledger: { act: seconds(40) } }),
  told('held', 110, { reason: 'protected' }),
  told('held', 111, { reason: 'replacing' }),
  told('recovered', 250, { outcome: 'by-stop', ledger: { replace: seconds(90) } }),
];

const EPISODE = anIncident({
  state: 'recovered',
  openedAt: plus(70),
  alarmSince: plus(60),
  recoveredAt: plus(250),
});

const STOP = { incidentId: EPISODE.id, taskArn: aTask(2).arn, at: plus(100) };

/** Measure by measure, what was measured. */
function measured(state: Partial<DrillState>, sight: Parameters<typeof aSight>[0]) {
  const { rows = [] } = conclude(aDrill({ ...UNDER_WAY, ...state }), aSight(sight));
  return Object.fromEntries(rows.map(({ measure, value }) => [measure, value]));
}

describe('a drill measures', () => {
  test('from the fault, the alarm and the stop on, in seconds', () => {
    const lock = aLock({ incident: EPISODE, stops: [STOP] });

    expect(measured({ target: aPatient({ onAt: plus(10) }) }, { lock, entries: STORY })).toEqual({
      detect: 50,
      open: 60,
      act: 40,
      replace: 90,
      recover: 240,
      stops: 1,
      stoppedIll: 1,
      stoppedOther: 0,
      floorBreaches: undefined,
      state: 'recovered',
      entries: 7,
      incidents: 1,
      reopened: 0,
      outcome: 'by-stop',
      held: 'replacing, protected',
      falseRecovered: 0,
    });
  });

  test('what the lock says, where no entry could be read', () => {
    const lock = aLock({ incident: EPISODE });
    const seen = conclude(aDrill(UNDER_WAY), aSight({ lock, entries: undefined })).rows ?? [];

    expect(seen.filter(({ value }) => value !== undefined).map((row) => row.measure)).toEqual([
      'detect',
      'open',
      'recover',
      'stops',
      'stoppedIll',
      'stoppedOther',
      'floorBreaches',
      'state',
    ]);
  });

  test.each([
    'act',
    'replace',
    'entries',
    'incidents',
    'reopened',
    'escalation',
    'cause',
    'outcome',
    'held',
    'falseRecovered',
  ] as const)('%s by the timeline alone: unread, it is neither kept nor broken', (measure) => {
    const limit: Tolerance = { measure, at: 'exactly', value: 0 };
    const drill = aDrill(UNDER_WAY, { tolerances: [limit] });
    const rowOf = (entries: readonly Entry[] | undefined) =>
      conclude(drill, aSight({ entries })).rows?.find((row) => row.measure === measure);

    expect(rowOf(undefined)).toMatchObject({ unmeasured: 'its timeline could not be read' });
    expect(rowOf(undefined)).not.toHaveProperty('holds');
    expect(rowOf([])).toHaveProperty('holds');
  });

  test('nothing of what did not happen', () => {
    const seen = conclude(aDrill(UNDER_WAY, { tolerances: [] }), aSight()).rows ?? [];

    expect(seen.map(({ measure }) => measure).toSorted()).toEqual([
      'entries',
      'falseRecovered',
      'floorBreaches',
      'incidents',
      'reopened',
      'stoppedIll',
      'stoppedOther',
      'stops',
    ]);
  });

  test('stops of its own time, healthy tasks apart', () => {
    const stops = [
      { ...STOP, at: plus(-1), taskArn: 'arn:before' },
      { ...STOP, at: plus(0), taskArn: 'arn:well' },
      STOP,
      { ...STOP, at: plus(200) },
    ];
    const seen = { lock: aLock({ stops }) };

    expect(measured({ target: aPatient() }, seen)).toMatchObject({
      stops: 3,
      stoppedIll: 1,
      stoppedOther: 1,
    });
    expect(measured({}, seen)).toMatchObject({ stops: 3, stoppedOther: 2 });
  });

  test('the cause of an escalation, or else of the last hold that has one', () => {
    const cause = { code: 'port-closed', sentence: 'x', evidence: [] } as never;
    const other = { code: 'image-missing', sentence: 'x', evidence: [] } as never;
    const third = { code: 'out-of-memory', sentence: 'x', evidence: [] } as never;
    const held = [told('held', 5, { cause: third }), told('held', 9, { cause: other })];
    const escalated = told('escalated', 10, { cause, reason: 'crash-loop' });

    const limits: readonly Tolerance[] = [
      { measure: 'cause', at: 'exactly', value: 'x' },
      { measure: 'escalation', at: 'exactly', value: 'x' },
    ];
    const definition = { tolerances: limits };
    const rowsOf = (entries: readonly Entry[]) =>
      conclude(aDrill(UNDER_WAY, definition), aSight({ entries })).rows ?? [];
    const lookUp = (entries: readonly Entry[], measure: string) =>
      rowsOf(entries).find((row) => row.measure === measure)?.value;

    expect(lookUp(held, 'cause')).toBe('image-missing');
    expect(lookUp([...held, escalated], 'cause')).toBe('port-closed');
    expect(lookUp([...held, escalated], 'escalation')).toBe('crash-loop');
    expect(lookUp([told('held', 5)], 'cause')).toBeUndefined();
  });

  test('each incident once, and how often one came back', () => {
    const again = told('reopened', 90);
    const other = told('opened', 200, { incidentId: 'inc-2' });

    expect(measured({}, { entries: [told('opened', 70), again, other, again] })).toMatchObject({
      incidents: 2,
      reopened: 2,
    });
    expect(measured({}, { entries: [again] })).toMatchObject({ incidents: 1, reopened: 0 });
  });

  test.each([
    ['while the task is ill', [told('recovered', 50)], {}, 1],
    ['at the moment that it falls ill', [told('recovered', 10)], {}, 1],
    ['before it is ill', [told('recovered', 9)], {}, 0],
    ['when it is mended', [told('recovered', 60)], { offAt: plus(60) }, 0],
    ['when it is stopped', [told('recovered', 100)], {}, 1],
    ['and taken back', [told('recovered', 5), told('reopened', 6)], {}, 1],
    ['after it was taken back', [told('reopened', 3), told('recovered', 5)], {}, 0],
  ])('a recovery that was said %s', (_when, entries, target, wanted) => {
    const state = { target: aPatient({ onAt: plus(10), ...target }) };

    expect(measured(state, { entries })['falseRecovered']).toBe(wanted);
  });

  test('a stop of the ill task ends its illness', () => {
    const lock = aLock({ stops: [STOP] });
    const state = { target: aPatient({ onAt: plus(10) }) };

    expect(measured(state, { lock, entries: [told('recovered', 99)] })['falseRecovered']).toBe(1);
    expect(measured(state, { lock, entries: [told('recovered', 100)] })['falseRecovered']).toBe(0);
  });
});
