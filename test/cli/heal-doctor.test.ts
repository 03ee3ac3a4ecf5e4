import { describe, expect, test } from 'vitest';
import { earlier, minutes } from '../../functions/core/time.ts';
import { ALARM_ARN, aLock, anEntry, anIncident, aVictim, NOW, taskId } from '../core/builders.ts';
import { diagnose, examination } from './heal-diagnosis.ts';
import { anEntryOf, type Deployment, useWorld } from './heal-world.ts';

const signal = new AbortController().signal;
let healer: Deployment;
useWorld((deployed) => {
  healer = deployed;
});

/** What it found, by check. */
const findings = (...options: readonly string[]) => diagnose(healer, ...options);

describe('a set that is well', () => {
  test('passes every check', async () => {
    const { code, found } = await findings();

    expect(code).toBe(0);
    expect(found).toEqual([
      'parameters: well',
      'alarms: well',
      'alarm rules: well',
      'services: well',
      'functions: well',
      'rights: well',
      'inbox: well',
      'dead letters: well',
      'table: well',
      'locks: well',
      'slack: well',
    ]);
  });

  test('never shows the secret', async () => {
    const { stdout, stderr } = await healer.heal([...examination(healer), '--json']);

    expect(`${stdout}${stderr}`).not.toContain(new URL(healer.slack.webhookUrl).pathname);
  });

  test('is told to people in words', async () => {
    const { code, stdout } = await healer.heal(['doctor']);

    expect(code).toBe(0);
    expect(stdout).toContain('OK  parameters: 1 guarded below');
    expect(stdout).toContain('NOTE  inbox: not looked at: no URL | mend: name it with --inbox');
    expect(stdout).toContain('NOTE  slack: not looked at: no secret named');
  });
});

describe('parameters', () => {
  test('that are no list', async () => {
    healer.parameters.put(`${healer.path}/other`, 'checkout');

    const { code, of } = await findings();

    expect(code).toBe(1);
    expect(of('parameters', 'wrong')).toMatch(/\/other: wanted a JSON list.* → deploy/);
  });

  test('that are not there', async () => {
    const { code, of } = await findings('--path', '/nowhere');

    expect(code).toBe(1);
    expect(of('parameters', 'wrong')).toContain('parameters below /nowhere: got none');
  });
});

describe('alarms', () => {
  test('that do not exist are all named', async () => {
    const gone = ['gone-1', 'gone-2'].map((name) =>
      ALARM_ARN.replace('checkout-api-5xx-rate', name),
    );
    const entries = gone.map((arn, n) => anEntryOf(`search-${n}`, arn));
    healer.parameters.put(`${healer.path}/search`, JSON.stringify(entries));

    const { code, of } = await findings();

    expect(code).toBe(1);
    for (const arn of gone) expect(of('alarms', 'wrong')).toContain(`no such alarm: ${arn}`);
    expect(of('alarms', 'wrong')).toContain('→ create it, or take it out');
  });

  test('without data are a note', async () => {
    healer.scene.alarms = { 'checkout-api-5xx-rate': 'INSUFFICIENT_DATA' };

    const { code, of } = await findings();

    expect(code).toBe(0);
    expect(of('alarms', 'note')).toContain('INSUFFICIENT_DATA');
  });
});

test('a service that is draining is wrong', async () => {
  healer.scene.serviceStatus = 'DRAINING';

  const { code, of } = await findings();

  expect(code).toBe(1);
  expect(of('services', 'wrong')).toContain('got status DRAINING, wanted ACTIVE');
});

describe('queues', () => {
  test('that do not exist', async () => {
    const { code, of } = await findings('--inbox', `${healer.inbox.url}-gone`);

    expect(code).toBe(1);
    expect(of('inbox', 'wrong')).toContain('no such queue');
  });

  test('that nobody empties', async () => {
    await healer.send(healer.inbox.url, 101);

    const { code, of } = await findings();

    expect(code).toBe(1);
    expect(of('inbox', 'wrong')).toMatch(/101 waiting.*at most 100.*→ see that the event source/);
  });

  test('with what was given up', async () => {
    const url = healer.inbox.deadLetter?.url ?? '';
    await healer.send(url, 2);

    const { code, of } = await findings();

    expect(code).toBe(1);
    expect(of('dead letters', 'wrong')).toMatch(/inbox-\d+-dlq: 2 messages given up → read one/);
  });

  test('without a place for what fails, and others that were named', async () => {
    const url = healer.inbox.deadLetter?.url ?? '';
    await healer.send(url, 1);

    const { of } = await findings('--inbox', url, '--dead-letters', url);

    expect(of('inbox', 'wrong')).toContain('it has no dead-letter queue');
    expect(of('dead letters', 'wrong')).toContain('1 message given up');
  });
});

describe('the table', () => {
  test('that does not exist', async () => {
    const { code, of } = await findings('--table', 'nothing');

    expect(code).toBe(1);
    expect(of('table', 'wrong')).toContain('ResourceNotFoundException');
    expect(of('locks', 'wrong')).not.toBe('');
  });

  test('whose items never expire', async () => {
    await healer.stopExpiry();

    const { code, of } = await findings();

    expect(code).toBe(1);
    expect(of('table', 'wrong')).toContain('time to live: got none, wanted expiresAt');
  });
});

describe('locks', () => {
  test('whose claim is older than its lease', async () => {
    const claimedAt = earlier(NOW, minutes(3));
    const intent = { incidentId: 'i', victim: aVictim(2), claimedAt, claimedBy: 'request-7' };
    await healer.store.commit({ ...aLock({ intent }), version: 1 }, [], 'test', signal);

    const { code, of } = await findings();

    expect(code).toBe(1);
    expect(of('locks', 'wrong')).toContain(
      `shop-prod/checkout-api: stale claim of task ${taskId(2)} by request-7, 3 min old, lease 1 min 30 s`,
    );
    expect(of('locks', 'wrong')).toContain('events/manual-heal.json');
  });

  test('whose claim is young are well', async () => {
    const intent = { incidentId: 'i', victim: aVictim(2), claimedAt: NOW, claimedBy: 'r' };
    await healer.store.commit({ ...aLock({ intent }), version: 1 }, [], 'test', signal);

    expect((await findings()).code).toBe(0);
  });

  test('whose incident nobody looks at any more, and whose timeline was not told', async () => {
    const incident = anIncident({ nextCheckAt: earlier(NOW, minutes(6)) });
    const entries = [1, 2].map((seq) =>
      anEntry({ id: `${incident.id}#${seq}`, at: earlier(NOW, minutes(7)) }),
    );
    await healer.store.commit({ ...aLock({ incident }), version: 1 }, entries, 'test', signal);

    const { code, of } = await findings();

    expect(code).toBe(1);
    expect(of('locks', 'wrong')).toContain(`${incident.id} should have been looked at`);
    expect(of('locks', 'wrong')).toContain('2 entries of the timeline not told yet');
  });

  test('that are none of ours', async () => {
    const lock = { ...aLock({ stops: 'many' as never }), version: 1 };
    await healer.store.commit(lock, [], 'test', signal);

    expect((await findings()).of('locks', 'wrong')).toContain('lock item of shop-prod');
  });
});

test('what may not be read is unknown, and no fault of the set', async () => {
  const refused = healer.gateway.faults.inject({
    service: 'sqs',
    operation: 'GetQueueAttributes',
    times: 20,
    kind: 'error',
    code: 'AccessDeniedException',
    status: 403,
  });

  const { code, of } = await findings();
  refused.cancel();

  expect(code).toBe(5);
  expect(of('inbox', 'unknown')).toContain('→ look again as somebody who may read it');
});
