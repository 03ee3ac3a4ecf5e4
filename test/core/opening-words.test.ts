/** How an incident is heard of whose hold is not told, and for how long its cause is looked for. */
import { describe, expect, test } from 'vitest';
import type { Part } from '../../functions/core/change.ts';
import {
  drillId,
  hasPerson,
  type Incident,
  incidentId,
  pauseId,
  wantsCause,
} from '../../functions/core/incident.ts';
import { showOpening } from '../../functions/core/opening.ts';
import { durationMillis, earlier, minutes } from '../../functions/core/time.ts';
import { REASONS } from '../../functions/core/verdict.ts';
import { anIncident, aService, NOW } from './builders.ts';

const OPENED: readonly Part[] = [{ kind: 'opened', detail: 'alarm' }];
const REOPENED: readonly Part[] = [{ kind: 'reopened', detail: 'alarm' }];
const BY_PERSON = { escalated: { reason: 'storm', at: NOW } } as const;

describe('an opening', () => {
  test.each(REASONS)('that holds for %s is shown only when users may suffer', (reason) => {
    const isShown = ['no-suspect', 'starting', 'downstream'].includes(reason);
    expect(showOpening(undefined, anIncident(), OPENED, reason)).toEqual(
      isShown
        ? { parts: [{ ...OPENED[0], quiet: true }], incident: { shown: true } }
        : { parts: OPENED },
    );
  });

  test('is no news while it stays open', () => {
    expect(showOpening(anIncident(), anIncident({ stopped: 1 }), [], 'starting')).toEqual({
      parts: [],
    });
    expect(showOpening(anIncident(BY_PERSON), anIncident(), [], 'settling')).toEqual({ parts: [] });
  });

  const told = { parts: [{ ...REOPENED[0], announce: true }], incident: { told: true } };
  const shown = { parts: [{ ...REOPENED[0], quiet: true }], incident: { shown: true } };

  test.each<[string, Partial<Incident> | undefined, object]>([
    ['after a stop is told', { stopped: 1 }, told],
    ['after a person was called is told', BY_PERSON, told],
    ['of which nobody heard is shown', {}, shown],
    ['that was another one before is shown', { ...BY_PERSON, id: 'inc-1' }, shown],
    ['without one before is shown', undefined, shown],
  ])('again %s', (_when, last, opening) => {
    const before = last === undefined ? undefined : anIncident({ state: 'recovered', ...last });
    expect(showOpening(before, anIncident(), REOPENED, 'no-suspect')).toEqual(opening);
  });
});

const { policy } = aService();

describe('the cause is looked for', () => {
  const at = (ago: number) => ({ reason: 'storm', at: earlier(NOW, durationMillis(ago)) }) as const;

  test.each<[string, Partial<Incident>, boolean]>([
    ['after a person was called', { state: 'escalated', escalated: at(1) }, true],
    [
      'up to the end of its time',
      { state: 'escalated', escalated: at(policy.evidencePatience - 1) },
      true,
    ],
    [
      'no longer than its time',
      { state: 'escalated', escalated: at(policy.evidencePatience) },
      false,
    ],
    ['until it was told', { state: 'escalated', escalated: at(1), explained: true }, false],
    ['not once the incident goes on', { state: 'verifying', escalated: at(1) }, false],
    ['not when nobody was called', { state: 'escalated' }, false],
  ])('%s', (_when, incident, wanted) => {
    expect(wantsCause(anIncident(incident), policy, NOW)).toBe(wanted);
  });
});

test.each<[string, Partial<Incident>, boolean]>([
  ['who was called has it', { state: 'escalated', ...BY_PERSON }, true],
  ['who was called has it after a stop too', { state: 'verifying', ...BY_PERSON }, true],
  ['nobody was called', { state: 'holding' }, false],
  ['it is over', { state: 'recovered', ...BY_PERSON }, false],
  [
    'the storm has it',
    { state: 'escalated', escalated: { reason: 'account-storm', at: NOW } },
    true,
  ],
  [
    'the storm gave it back',
    { state: 'holding', escalated: { reason: 'account-storm', at: NOW } },
    false,
  ],
])('a person has an incident: %s', (_when, incident, has) => {
  expect(hasPerson(anIncident(incident))).toBe(has);
});

test('ids say what they name and when, and differ by their salt', () => {
  const moment = earlier(NOW, minutes(0));
  expect(incidentId(moment, 'shop/a')).toMatch(/^inc-20261120-100341-[0-9a-z]{6}$/);
  expect(pauseId(moment, 'shop/a')).toMatch(/^pause-20261120-100341-[0-9a-z]{6}$/);
  expect(drillId(moment, 'shop/a')).toMatch(/^drill-20261120-100341-[0-9a-z]{6}$/);
  expect(drillId(moment, 'shop/a')).not.toBe(drillId(moment, 'shop/b'));
});
