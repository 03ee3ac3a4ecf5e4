/** The functions may do what they call, and nothing that they do not. */
import { globSync, readFileSync } from 'node:fs';
import { Template } from 'aws-cdk-lib/assertions';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { beforeAll, expect, test } from 'vitest';
import { bundle } from '../../infra/bundle.ts';
import { GuardedService } from '../../infra/guarded-service.ts';
import { aHealedSite, aSite } from './a-healed-app.ts';

beforeAll(async () => {
  await bundle();
});

/** IAM asks for the members of a transaction, which are an update and a put. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  'dynamodb:TransactWriteItems': ['dynamodb:UpdateItem', 'dynamodb:PutItem'],
};

/** What Lambda, X-Ray and the keys ask for, and no line of ours. */
const NOT_OURS =
  /^(xray:|kms:|logs:(Create|Put)|sqs:(Receive|ChangeMessage|GetQueue|DeleteMessage))/;

interface Statement {
  readonly Action: string | readonly string[];
}

function documentsOf(template: Template): readonly { readonly Statement: readonly Statement[] }[] {
  return ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].flatMap((type) =>
    Object.values(template.findResources(type)).map(
      (resource) => resource['Properties'].PolicyDocument,
    ),
  );
}

test('each call of an adapter is granted, and nothing else', () => {
  const sources = globSync('functions/adapters/**/*.ts').map((file) => readFileSync(file, 'utf8'));
  const called = sources
    .flatMap((text) => [...text.matchAll(/(?:calling|translate)\(\s*(?:error, )?'(\w+:\w+)'/g)])
    .flatMap(([, action = '']) => MEMBERS[action] ?? [action]);
  const granted = documentsOf(aHealedSite().template)
    .flatMap(({ Statement }) => Statement.flatMap(({ Action }) => Action))
    .filter((action) => action.startsWith('ecs:') || !NOT_OURS.test(action))
    .filter((action) => !action.startsWith('iam:'));
  const ofTask = ['ecr:', 'ssmmessages:'];
  const ours = granted.filter((action) => !ofTask.some((prefix) => action.startsWith(prefix)));

  expect([...new Set(ours)].sort()).toEqual([...new Set(called)].sort());
});

test('a hundred services fit: no policy grows beyond what IAM takes', () => {
  const { stack, healing } = aSite();
  for (let index = 0; index < 100; index += 1) {
    const service = GuardedService.fromAttributes(stack, `Service${index}`, {
      clusterName: `cluster-${index % 10}`,
      serviceName: `service-${index}`,
      logGroup: LogGroup.fromLogGroupName(stack, `Logs${index}`, `/ecs/service-${index}`),
    });
    healing.guard(service, {
      alarms: [Alarm.fromAlarmName(stack, `Alarm${index}`, `service-${index}-errors`)],
    });
  }
  const template = Template.fromStack(stack);

  template.resourceCountIs('AWS::SSM::Parameter', 100);
  template.resourceCountIs('AWS::Events::Rule', 100);
  const lengthsOf = (type: string): readonly number[] =>
    Object.values(template.findResources(type)).map(
      (resource) => JSON.stringify(fill(resource['Properties'].PolicyDocument)).length,
    );
  expect(Math.max(...lengthsOf('AWS::IAM::Policy'))).toBeLessThan(INLINE_MAX);
  expect(lengthsOf('AWS::IAM::ManagedPolicy').length).toBeLessThanOrEqual(ATTACHED_MAX);
  expect(Math.max(0, ...lengthsOf('AWS::IAM::ManagedPolicy'))).toBeLessThan(MANAGED_MAX);
});

/** Characters of a role's inline policies and of a managed one, and how many of these it takes. */
const INLINE_MAX = 10_240;
const MANAGED_MAX = 6_144;
const ATTACHED_MAX = 10;

/** As CloudFormation fills it in, in the Region with the longest name. */
function fill(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fill);
  if (typeof value !== 'object' || value === null) return value;
  const node = value as Readonly<Record<string, unknown>>;
  if (node['Ref'] === 'AWS::Partition') return 'aws';
  if (node['Ref'] === 'AWS::Region') return 'ap-southeast-1';
  if (node['Ref'] === 'AWS::AccountId') return '123456789012';
  if (node['Ref'] !== undefined || node['Fn::GetAtt'] !== undefined) return 'x'.repeat(120);
  if (Array.isArray(node['Fn::Join'])) return (node['Fn::Join'][1] as unknown[]).map(fill).join('');
  return Object.fromEntries(Object.entries(node).map(([key, part]) => [key, fill(part)]));
}
