/** The bundled notify function at its queue: order, once, and what is given up. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SLACK_SECRET } from '../lab/names.ts';
import { announcement, type NotifyWorld, openNotifyWorld } from './notify-world.ts';

let world: NotifyWorld;

beforeAll(async () => {
  world = await openNotifyWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  world.slack.faults.clear();
  world.secrets.put(SLACK_SECRET, world.slack.webhookUrl);
});

/** As the queue hands messages out. */
function aBatch(messages: readonly unknown[], receives = 1): unknown {
  return {
    Records: messages.map((message, index) => ({
      eventSource: 'aws:sqs',
      messageId: `m${index}`,
      body: JSON.stringify(message),
      attributes: { ApproximateReceiveCount: String(receives) },
    })),
  };
}

describe('the bundled notify function at its queue', () => {
  test('tells a batch in order, and nothing of it twice', async () => {
    const stopped = announcement();
    const { incidentId } = stopped.entry;
    const step = { incidentId, id: `${incidentId}#2`, seq: 2, kind: 'recovered' } as const;
    const batch = aBatch([announcement(step), stopped]);
    const before = world.posted().length;

    expect(await world.invoke(batch)).toEqual({ batchItemFailures: [] });
    expect(await world.invoke(batch)).toEqual({ batchItemFailures: [] });

    expect(world.posted().slice(before)).toEqual([
      expect.stringMatching(/^ACTING/),
      expect.stringMatching(/^RECOVERED/),
    ]);
  });

  test('tells what is missing first, from the timeline', async () => {
    const { entry } = announcement();
    const last = { ...entry, id: `${entry.incidentId}#2`, seq: 2, kind: 'recovered' } as const;
    await world.record([entry, last]);
    const before = world.posted().length;

    await world.invoke(aBatch([announcement(last)]));

    expect(
      world
        .posted()
        .slice(before)
        .map((text) => text.split(' ')[0]),
    ).toEqual(['ACTING', 'RECOVERED']);
  });

  test('gives back what Slack does not take now', async () => {
    world.slack.faults.next({ kind: 'server-error' }, 3);

    expect(await world.invoke(aBatch([announcement()]))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm0' }],
    });
  });

  test('puts what it does not understand into the dead letters at last', async () => {
    const pancake = { schema: 'pancake/1' };

    expect(await world.invoke(aBatch([pancake], 4))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm0' }],
    });
    expect(await world.invoke(aBatch([pancake], 5))).toEqual({ batchItemFailures: [] });

    const { Messages: [letter] = [] } = await world.receive();
    expect(JSON.parse(letter?.Body ?? '')).toEqual(pancake);
    expect(letter?.MessageAttributes?.['ErrorMessage']?.StringValue).toContain('got "pancake/1"');
  });
});
