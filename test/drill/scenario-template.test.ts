import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CALLER } from '../lab/names.ts';
import { type Properties, planted, Synthesised } from '../lab/template/synthesised.ts';
import { explain, REHEARSAL_MS_MAX, Rehearsals } from './rehearse.ts';

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

describe.concurrent('a healer as CDK deploys it', { timeout: REHEARSAL_MS_MAX }, () => {
  test('heals, and the journal names its template', async () => {
    const { template, file } = app;

    const rehearsal = await rehearsals.rehearse('grey-5xx', { healer: { template } });

    expect(rehearsal.journal.deviated, explain(rehearsal)).toBe(false);
    expect(rehearsal.journal).toMatchObject({ healer: true, template: file });
    expect(rehearsal.journal.permissions?.used).toContainEqual(
      expect.objectContaining({ caller: CALLER.remediate, action: 'ecs:StopTask' }),
    );
    expect(rehearsal.told[0]).toMatchObject({ kind: 'started', template: file });
  });

  test('fails the drill when nobody tells it that an alarm is over', async () => {
    const which = ['AWS::Events::Rule', 'AlarmChanges'] as const;
    const template = planted(app.template, which, ({ EventPattern }: Properties) => {
      EventPattern.detail.state.value = ['ALARM'];
    });

    const rehearsal = await rehearsals.rehearse('grey-5xx', { healer: { template } });

    const broken = rehearsal.journal.rows.filter(({ holds }) => holds === false);
    const measures = broken.map(({ measure }) => measure);
    expect(measures, explain(rehearsal)).toContain('clearings');
    // Its own looks at the incident see it too; only later.
    expect(measures).not.toContain('state');
  });
});
