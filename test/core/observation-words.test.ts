/** When a look is complete, and what is said of one that is not. */
import { describe, expect, test } from 'vitest';
import { complete, type Observation } from '../../functions/core/observation.ts';
import { anObservation } from './builders.ts';

const SOURCES = [
  'alarms',
  'service',
  'tasks',
  'stopped',
  'downstream',
  'targets',
  'traffic',
] as const;
const REQUIRED = SOURCES.slice(0, 4);

const seen = (part: object): Observation => ({ ...anObservation(), ...part });

describe('a look', () => {
  test('has the value of each source', () => {
    const { at, alarms, service, tasks, stopped, targets, traffic } = anObservation();
    const values = Object.entries({ alarms, service, tasks, stopped, targets, traffic }).map(
      ([source, reading]) => [source, reading.kind === 'read' ? reading.value : undefined],
    );
    const downstream = [{ serviceId: 'shop-prod/stock', ringing: ['stock-5xx'] }];

    expect(complete(anObservation({ downstream }))).toStrictEqual({
      at,
      downstream,
      ...Object.fromEntries(values),
    });
  });

  test('needs neither a load balancer nor logs nor services behind it', () => {
    const absent = { kind: 'absent' };
    const look = complete(seen({ downstream: absent, targets: absent, traffic: absent }));

    expect(look).toMatchObject({ downstream: [] });
    expect(Object.keys(look)).toEqual([
      'at',
      'alarms',
      'service',
      'tasks',
      'stopped',
      'downstream',
    ]);
  });

  test.each(REQUIRED)('needs %s', (source) => {
    expect(complete(seen({ [source]: { kind: 'absent' } }))).toEqual({
      unreadable: [`${source}: absent`],
    });
  });

  test.each(SOURCES)('that left out %s, or could not read it, says why', (source) => {
    const down = { kind: 'unreadable', code: 'dependency.refused', message: 'no permission' };
    const unread = { kind: 'unread', why: 'no alarm rings' };

    expect(complete(seen({ [source]: down }))).toEqual({
      unreadable: [`${source}: dependency.refused: no permission`],
    });
    expect(complete(seen({ [source]: unread }))).toEqual({
      unreadable: [`${source}: not read: no alarm rings`],
    });
  });
});
