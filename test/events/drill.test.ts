import { describe, expect, test } from 'vitest';
import { openDrill } from '../../functions/adapters/events/drill.ts';
import type { DrillArrival } from '../../functions/ports/drill.ts';
import { eventFiles, readEvent } from './manifest.ts';

const SERVICE = 'shop-prod/checkout-api';

function open(event: unknown): DrillArrival {
  const inbound = openDrill(event);
  if (inbound.kind !== 'direct') throw new Error('a batch');
  return inbound.arrival;
}

describe('what people send to the drill function', () => {
  const files = eventFiles().filter((name) => /^drill-(?!lab-only)/.test(name));

  test.for(files)('%s is understood', (name) => {
    expect(open(readEvent(name))).toMatchObject({ serviceId: SERVICE });
  });

  test('the calendar is told from a person', () => {
    expect(open(readEvent('drill-schedule.json'))).toMatchObject({ scheduled: true });
    expect(open(readEvent('drill-wiring.json'))).toMatchObject({ scheduled: false });
  });

  const RUN = { kind: 'drill-run', service: SERVICE, by: 'ana', drill: 'wiring' };
  const OWN = readEvent('drill-own.json') as { readonly definition: object };

  test.for<readonly [string, unknown, string]>([
    [
      'a drill that only the lab has',
      readEvent('drill-lab-only.json'),
      'drill: got "image-missing", wanted one of: grey-5xx, wiring',
    ],
    ['no drill', { ...RUN, drill: undefined }, 'drill, definition: got neither'],
    ['two drills', { ...RUN, definition: OWN.definition }, 'drill, definition: got both'],
    [
      'a definition with a mistake',
      { ...RUN, drill: undefined, definition: { ...OWN.definition, until: 'healed' } },
      'definition: until: got "healed", wanted "recovered"',
    ],
    [
      'a window without an end',
      {
        ...RUN,
        drill: undefined,
        definition: { ...OWN.definition, window: { hours: { from: 9, to: 9 } } },
      },
      'definition: window.hours: got {"from":9,"to":9}, wanted an end that is not its beginning',
    ],
    ['no service', { ...RUN, service: 'checkout-api' }, 'wanted <cluster>/<service>'],
    ['nobody who asks', { ...RUN, by: '' }, 'drill request: by'],
    ['a field nobody knows', { ...RUN, dryRun: true }, 'dryRun: got "dryRun", wanted no field'],
    ['another kind', { kind: 'drill' }, 'kind: got "drill", wanted drill-plan, drill-run'],
    ['no object', null, 'wanted drill-plan, drill-run'],
  ])('%s is refused', ([, event, problem]) => {
    expect(() => open(event)).toThrow(problem);
  });
});

test('a batch costs only its malformed records', () => {
  const look = { kind: 'drill-look', serviceId: SERVICE, drillId: 'drill-1', token: 3 };
  const bodies = [JSON.stringify(look), 'not json'];
  const Records = bodies.map((body, index) => ({
    eventSource: 'aws:sqs',
    messageId: `m${index}`,
    body,
  }));

  const inbound = openDrill({ Records });

  if (inbound.kind !== 'batch') throw new Error('no batch');
  const [good, bad] = inbound.records;
  expect(good?.open()).toEqual(look);
  expect(() => bad?.open()).toThrow('wanted JSON');
});
