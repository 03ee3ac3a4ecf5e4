/**
 * Nothing is lost unseen: whatever may fail to be delivered has dead letters, each of these an alarm, and each alarm a
 * section of the runbook that says how to move them back.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import { ownAlarmCode } from '../../functions/core/own-alarm.ts';
import { bundle } from '../../infra/bundle.ts';
import { aHealedSite } from './a-healed-app.ts';
import { HEALERS } from './healer-variants.ts';

const RUNBOOK = readFileSync(path.resolve(import.meta.dirname, '../../docs/runbook.md'), 'utf8');
/** Functions that CDK adds for itself while it deploys. */
const OF_CDK = /^(?:Custom|LogRetention|AWS679)/;

/** As CDK reads it from a template. */
type Resource = ReturnType<Template['findResources']>[string];

type Resources = Readonly<Record<string, Resource>>;

const resourcesOf = (template: Template): Resources => template.toJSON()['Resources'] as Resources;

function ofType(resources: Resources, type: string): readonly (readonly [string, Resource])[] {
  return Object.entries(resources).filter(([, { Type }]) => Type === type);
}

/** Logical id that `Fn::GetAtt` of an ARN names. */
function idOf(arn: unknown): string | undefined {
  const got = (arn as { readonly 'Fn::GetAtt'?: readonly string[] } | undefined)?.['Fn::GetAtt'];
  return got?.[0];
}

interface Source {
  readonly name: string;
  readonly isQueue: boolean;
  /** Logical id of the queue that keeps what fails. */
  readonly deadLetters: string | undefined;
}

interface Target {
  readonly Id: string;
  readonly DeadLetterConfig?: { readonly Arn: unknown };
}

/** Everything that hands something on, and may fail to. */
function sourcesOf(resources: Resources): readonly Source[] {
  const source = (name: string, arn: unknown, isQueue = false): Source => ({
    name,
    isQueue,
    deadLetters: idOf(arn),
  });
  return [
    ...ofType(resources, 'AWS::SQS::Queue').map(([id, { Properties }]) =>
      source(id, Properties?.RedrivePolicy?.deadLetterTargetArn, true),
    ),
    ...ofType(resources, 'AWS::Lambda::Function')
      .filter(([id]) => !OF_CDK.test(id))
      .map(([id, { Properties }]) => source(id, Properties?.DeadLetterConfig?.TargetArn)),
    ...ofType(resources, 'AWS::SNS::Subscription').map(([id, { Properties }]) =>
      source(id, Properties?.RedrivePolicy?.deadLetterTargetArn),
    ),
    ...ofType(resources, 'AWS::Events::Rule').flatMap(([id, { Properties }]) =>
      ((Properties?.Targets ?? []) as readonly Target[]).map(({ Id, DeadLetterConfig }) =>
        source(`${id} ${Id}`, DeadLetterConfig?.Arn),
      ),
    ),
    ...ofType(resources, 'AWS::Scheduler::Schedule').map(([id, { Properties }]) =>
      source(id, Properties?.Target?.DeadLetterConfig?.Arn),
    ),
  ];
}

function deadLettersOf(sources: readonly Source[]): ReadonlySet<string> {
  return new Set(sources.flatMap(({ deadLetters }) => deadLetters ?? []));
}

/** What has no dead letters, and is none itself. */
function unkept(resources: Resources): readonly string[] {
  const sources = sourcesOf(resources);
  const dead = deadLettersOf(sources);
  return sources
    .filter(({ name, deadLetters }) => deadLetters === undefined && !dead.has(name))
    .map(({ name }) => name);
}

/** Code of the alarm on what is in a queue. */
function codeOn(resources: Resources, queue: string): string | undefined {
  const codes = ofType(resources, 'AWS::CloudWatch::Alarm')
    .filter(([, { Properties }]) => {
      const { MetricName, Dimensions = [] } = Properties;
      const [name] = (Dimensions as { Value: unknown }[]).map(({ Value }) => Value);
      const isOfQueue = idOf(name) === queue;
      return MetricName === 'ApproximateNumberOfMessagesVisible' && isOfQueue;
    })
    .map(([, { Properties }]) => ownAlarmCode(Properties.AlarmDescription));
  return codes[0];
}

/** What stands in the runbook about an alarm. */
function sectionOf(code: string): string {
  return new RegExp(`\n### \`${code}\`\n([\\s\\S]*?)\n##`).exec(RUNBOOK)?.[1] ?? '';
}

/** What the runbook lacks about a queue of dead letters. */
function untold(resources: Resources, queue: string): readonly string[] {
  const code = codeOn(resources, queue);
  if (code === undefined) return [`${queue}: no alarm`];
  const section = sectionOf(code);
  const from = sourcesOf(resources).find(
    ({ deadLetters, isQueue }) => isQueue && deadLetters === queue,
  );
  // SQS moves messages only out of what is the dead-letter queue of another queue.
  const command =
    from === undefined
      ? `resend ${partOf(queue)} `
      : `--source-arn "$(arn ${partOf(queue)})" --destination-arn "$(arn ${partOf(from.name)})"`;
  return section.includes(command) ? [] : [`${code}: no \`${command}\``];
}

/** The part of a logical id that the construct names: `HealingInbox1234ABCD` is `Inbox`. */
function partOf(id: string): string {
  return /(?:Healing|Healer|Care)+(\w+?)[0-9A-F]{8}$/.exec(id)?.[1] ?? id;
}

beforeAll(async () => {
  await bundle();
});

const TIMES = { timeout: 60_000 };

describe.each(HEALERS)('%s', TIMES, (_, make) => {
  test('keeps all that cannot be delivered, rings for it, and says how to move it back', () => {
    const resources = resourcesOf(make());
    const dead = [...deadLettersOf(sourcesOf(resources))];

    expect(unkept(resources)).toEqual([]);
    expect(dead.length).toBeGreaterThanOrEqual(4);
    expect(dead.flatMap((queue) => untold(resources, queue))).toEqual([]);
  });
});

describe('a mistake', TIMES, () => {
  const planted = (edit: (resources: Record<string, Resource>) => void): Resources => {
    const resources = structuredClone(resourcesOf(aHealedSite().template));
    edit(resources);
    return resources;
  };
  const find = (resources: Resources, type: string): Resource =>
    ofType(resources, type)[0]?.[1] ?? expect.fail(`no ${type}`);

  test.each([
    ['AWS::Lambda::Function', 'DeadLetterConfig'],
    ['AWS::SNS::Subscription', 'RedrivePolicy'],
  ])('%s without %s is found', (type, property) => {
    const resources = planted((all) => delete find(all, type)['Properties'][property]);

    expect(unkept(resources)).toHaveLength(1);
  });

  test('a target without dead letters is found', () => {
    const resources = planted((all) => {
      delete find(all, 'AWS::Events::Rule')['Properties'].Targets[0].DeadLetterConfig;
    });

    expect(unkept(resources)).toHaveLength(1);
  });

  test('a queue without an alarm is found', () => {
    const resources = planted((all) => {
      for (const [id] of ofType(all, 'AWS::CloudWatch::Alarm')) {
        if (id.includes('InboxDeadLetters')) delete all[id];
      }
    });
    const dead = [...deadLettersOf(sourcesOf(resources))];

    expect(dead.flatMap((queue) => untold(resources, queue))).toEqual([
      expect.stringMatching(/InboxDeadLetters\w+: no alarm/),
    ]);
  });
});

test('the runbook names queues by parts that lead to one each', () => {
  const ids = ofType(
    resourcesOf(HEALERS.find(([name]) => name.includes('drills'))?.[1]() ?? Template.fromJSON({})),
    'AWS::SQS::Queue',
  ).map(([id]) => id);
  const named = [
    ...RUNBOOK.matchAll(/\b(?:arn|one|resend|url) ([A-Z]\w+)(?: ([A-Z]\w+))?/g),
  ].flatMap(([, first = '', second]) => [first, ...(second === undefined ? [] : [second])]);
  const parts = [...new Set(named)].filter((part) => part !== 'FROM' && part !== 'TO');

  expect(parts.length).toBeGreaterThan(5);
  const found = parts.map((part) => ids.filter((id) => new RegExp(`${part}[0-9A-F]{8}$`).test(id)));
  expect(found.map(({ length }) => length)).toEqual(parts.map(() => 1));
});
