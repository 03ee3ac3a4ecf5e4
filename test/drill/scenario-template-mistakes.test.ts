import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RecordedCall } from '../lab/events.ts';
import { CALLER } from '../lab/names.ts';
import { type Properties, planted, Synthesised } from '../lab/template/synthesised.ts';
import { explain, REHEARSAL_MS_MAX, type Rehearsal, Rehearsals } from './rehearse.ts';

/** AWS seconds: what recovers does so in less. */
const GIVEN_UP_AFTER = 500;

let rehearsals: Rehearsals;
let app: Synthesised;

beforeAll(async () => {
  rehearsals = await Rehearsals.prepare();
  app = await Synthesised.app();
});
afterAll(async () => {
  await app.close();
  await rehearsals.close();
});

/** Error codes of the calls of remediate to that operation. */
function errorsOf({ journal }: Rehearsal, operation: string): readonly (string | undefined)[] {
  const calls = journal.events.filter(
    (event): event is RecordedCall =>
      event.kind === 'call' && event.caller === CALLER.remediate && event.operation === operation,
  );
  return [...new Set(calls.map(({ error }) => error))];
}

describe.concurrent('a healer as CDK deploys it', { timeout: REHEARSAL_MS_MAX }, () => {
  test('fails the drill when its role may stop no task', async () => {
    const which = ['AWS::IAM::Policy', 'RemediateRole'] as const;
    const template = planted(app.template, which, ({ PolicyDocument: document }: Properties) => {
      for (const statement of document.Statement) {
        statement.Action = [statement.Action].flat().filter((name) => name !== 'ecs:StopTask');
      }
    });

    const rehearsal = await rehearsals.rehearse('grey-5xx', {
      healer: { template },
      timeLimit: GIVEN_UP_AFTER,
    });

    expect(rehearsal.journal.deviated).toBe(true);
    const stops = rehearsal.journal.rows.find(({ measure }) => measure === 'stops');
    expect(stops, explain(rehearsal)).toMatchObject({ value: 0, holds: false });
    expect(errorsOf(rehearsal, 'StopTask')).toEqual(['AccessDeniedException']);
  });

  test('fails the drill when its looks at an incident go to another queue', async () => {
    const which = ['AWS::Lambda::Function', 'Remediate'] as const;
    const [other = ''] = Object.keys(app.template.resources).filter((id) =>
      id.includes('InboxDeadLetters'),
    );
    const template = planted(app.template, which, ({ Environment }: Properties) => {
      Environment.Variables.INBOX_URL = { Ref: other };
    });

    const rehearsal = await rehearsals.rehearse('grey-5xx', {
      healer: { template },
      timeLimit: GIVEN_UP_AFTER,
    });

    expect(rehearsal.journal.deviated, explain(rehearsal)).toBe(true);
    expect(errorsOf(rehearsal, 'SendMessage')).toEqual(['AccessDenied']);
  });
});
