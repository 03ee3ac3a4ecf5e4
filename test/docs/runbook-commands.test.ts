/** The commands of the runbook that move dead letters, run as they are written, against an `aws` of our own. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Answers, type Ran, runWith } from '../infra/an-aws-cli.ts';

const RUNBOOK = readFileSync(path.resolve(import.meta.dirname, '../../docs/runbook.md'), 'utf8');
const SECTION = /## How to move dead letters back\n([\s\S]*?)\n## /.exec(RUNBOOK)?.[1] ?? '';
const COMMANDS = [...SECTION.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text]) => text).join('\n');

const QUEUES = [
  'HealingInboxA1B2C3D4\thttps://sqs/inbox',
  'HealingInboxDeadLettersB1B2C3D4\thttps://sqs/inbox-dead',
  'HealingRuleDeadLettersC1B2C3D4\thttps://sqs/rule-dead',
];
const MESSAGE = { Body: '{"detail-type":"an \\"alarm\\""}', ReceiptHandle: 'r-1' };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'runbook-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function run(words: string, received: unknown, others: Answers = {}): Ran {
  const answers = {
    'cloudformation list-stack-resources': `${QUEUES.join('\n')}\n`,
    'sqs receive-message': JSON.stringify(received),
    ...others,
  };
  return runWith(folder, answers, ['bash', '-c', `${COMMANDS}\n${words}`]);
}

const callsOf = ({ calls }: Ran, command: string) =>
  calls.filter(([, , name]) => name === command).map((call) => call.slice(3));

describe('what is sent on', () => {
  test('is the message that was shown, as it came, and is deleted after', () => {
    const ran = run('one RuleDeadLetters\nresend RuleDeadLetters Inbox', MESSAGE);

    expect(callsOf(ran, 'receive-message')).toHaveLength(1);
    const sent = ['--queue-url', 'https://sqs/inbox', '--message-body', MESSAGE.Body];
    expect(callsOf(ran, 'send-message')).toEqual([sent]);
    const deleted = ['--queue-url', 'https://sqs/rule-dead', '--receipt-handle', 'r-1'];
    expect(callsOf(ran, 'delete-message')).toEqual([deleted]);
    expect(ran.stdout).toContain('alarm');
  });

  test.each([
    ['an empty queue', 'one RuleDeadLetters\nresend RuleDeadLetters Inbox', null],
    ['nothing that was shown', 'resend RuleDeadLetters Inbox', MESSAGE],
  ])('of %s is nothing', (_, words, received) => {
    const ran = run(words, received);

    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain('run one RuleDeadLetters first');
    expect(callsOf(ran, 'send-message')).toEqual([]);
  });

  test('goes once', () => {
    const ran = run(
      'one RuleDeadLetters\nresend RuleDeadLetters Inbox\nresend RuleDeadLetters Inbox',
      MESSAGE,
    );

    expect(ran.status).toBe(1);
    expect(callsOf(ran, 'send-message')).toHaveLength(1);
  });

  test('stays where it is when it cannot be sent', () => {
    const ran = run('one RuleDeadLetters\nresend RuleDeadLetters Inbox', MESSAGE, {
      'sqs send-message': 255,
    });

    expect(callsOf(ran, 'delete-message')).toEqual([]);
  });
});

test('queues are found in a stack of more resources than one call describes', () => {
  const ran = run('url InboxDeadLetters\nurl Inbox', MESSAGE);

  expect(ran.stdout).toBe('https://sqs/inbox-dead\nhttps://sqs/inbox\n');
  expect(COMMANDS).not.toContain('describe-stack-resources');
});
