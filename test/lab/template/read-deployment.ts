/** From a template that CDK synthesised to what the lab deploys: resources, wiring, permissions. */
import type { Deployment } from '../healer/deployment.ts';
import type { RolePolicies } from '../iam/authorizer.ts';
import { type Compression, compressLimits, readParameters, readSecrets } from './configuration.ts';
import { Counterparts, type SiteGroups } from './counterparts.ts';
import {
  readFunctions,
  readMappings,
  readPermissions,
  readSubscriptions,
  readUrls,
} from './functions.ts';
import { wrong } from './intrinsics.ts';
import { readQueues, readRules, readTable, readTopics } from './messaging.ts';
import { makeResolver } from './physical.ts';
import type { Template } from './template.ts';

export interface Place extends Compression {
  readonly gatewayUrl: string;
  /** Host and port at which users reach the guarded service. */
  readonly serviceHost: string;
  /** ARNs of the site's target groups, by tier. */
  readonly targetGroups: SiteGroups;
}

/** Types that are read below. */
const READ = [
  'AWS::DynamoDB::Table',
  'AWS::Events::Rule',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission',
  'AWS::Lambda::Url',
  'AWS::SecretsManager::Secret',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
  'AWS::SQS::QueuePolicy',
  'AWS::SSM::Parameter',
];
/**
 * Types that the lab has of its own, or that change nothing in it: keys and key policies, since it
 * encrypts nothing, and a topic's policy, since its publishers are roles of the same account.
 */
const OWN = [
  'AWS::ApplicationAutoScaling::',
  'AWS::CDK::',
  'AWS::CloudWatch::',
  'AWS::CodeDeploy::',
  'AWS::EC2::',
  'AWS::ECR::',
  'AWS::ECS::',
  'AWS::ElasticLoadBalancingV2::',
  'AWS::KMS::',
  'AWS::Logs::',
  'AWS::SNS::TopicPolicy',
];

/**
 * Everything in the lab's names, nothing left to resolve.
 *
 * @throws DeploymentError naming logical id and property of what the lab does not understand.
 */
export function readDeployment(template: Template, place: Place): Deployment {
  for (const [id, { Type: type, Condition: condition }] of Object.entries(template.resources)) {
    if (OWN.some((prefix) => type.startsWith(prefix))) continue;
    if (!READ.includes(type)) throw wrong(id, type, 'a type that the lab knows');
    if (condition !== undefined) throw wrong(`${id}.Condition`, condition, 'no condition');
  }
  const { targetGroups, gatewayUrl, serviceHost } = place;
  const counterparts = new Counterparts(template, targetGroups);
  const resolver = makeResolver({ template, counterparts, gatewayUrl, serviceHost });
  const functions = readFunctions(template, resolver);
  return {
    table: readTable(template, resolver),
    queues: readQueues(template, resolver),
    topics: readTopics(template, resolver),
    functions: functions.map((spec) => compressLimits(spec, place.factor)),
    mappings: readMappings(template, resolver),
    subscriptions: readSubscriptions(template, resolver),
    permissions: readPermissions(template, resolver),
    rules: readRules(template, resolver),
    parameters: readParameters(template, resolver, counterparts, place),
    urls: readUrls(template, resolver),
    secrets: readSecrets(template, functions),
  };
}

/** The policies of each function's role, by the access key id that signs its calls. */
export function policiesOf({ functions }: Deployment): Readonly<Record<string, RolePolicies>> {
  const roles = functions.flatMap(({ accessKeyId, role }) =>
    role === undefined
      ? []
      : [[accessKeyId, { roleArn: role.arn, documents: role.documents }] as const],
  );
  return Object.fromEntries(roles);
}
