/** The watchdog of a healer as CDK deploys it: from its clock to what its alarms look at. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type Lab, startLab } from './lab.ts';
import { type Properties, planted, Synthesised } from './template/synthesised.ts';
import type { Template } from './template/template.ts';

const PATIENT = { timeout: 40_000, interval: 50 };
const SOON = { timeout: 3_000, interval: 50 };
const TIMES = { timeout: 60_000 };

let app: Synthesised;
let lab: Lab;

beforeAll(async () => {
  app = await Synthesised.app({ environment: 'staging' });
});
afterAll(() => app.close());
afterEach(() => lab.close());

/** Has the clock ask until that is counted: a task that has just begun has written nothing to read. */
async function look(template: Template, word: string): Promise<string> {
  lab = await startLab({ timeFactor: 60, tasks: 1, healer: { template } });

  await vi.waitFor(async () => {
    expect(await lab.healer?.fire('Watchdog')).toBe(1);
    await vi.waitFor(() => expect(logged()).toContain(word), SOON);
  }, PATIENT);
  return logged();
}

function logged(): string {
  const lines = lab.events
    .all()
    .flatMap((event) => (event.kind === 'function-log' ? event.line : []));
  return lines.join('\n');
}

test('it sees, counts that, and neither decides nor tells', TIMES, async () => {
  const log = await look(app.template, '"UnreadableServices":0,"AbleToRead":1');

  // An alarm of a site that starts on a slow machine is decided on; the watchdog itself never is.
  const decided = log.split('\n').filter((line) => line.includes('"message":"decided"'));
  expect(decided.filter((line) => !/"trigger":"(alarm|re-check) /.test(line))).toEqual([]);
  expect(lab.events.calls().map(({ operation }) => operation)).not.toContain('StopTask');
});

test('it counts what it may not read, and names the call', TIMES, async () => {
  const which = ['AWS::IAM::Policy', 'RemediateRole'] as const;
  const blind = planted(app.template, which, ({ PolicyDocument: document }: Properties) => {
    document.Statement = document.Statement.filter(
      ({ Sid }: { readonly Sid?: string }) => Sid !== 'ReadTargetHealth',
    );
  });

  const log = await look(blind, '"UnreadableServices":1,"AbleToRead":0');

  expect(log).toContain('elasticloadbalancing:DescribeTargetHealth');
  expect(log).toMatch(/"code":"dependency\.refused"/);
});
