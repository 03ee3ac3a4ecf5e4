/**
 * The functions of a template as CloudFormation would deploy them: environment, role and guarded
 * services, with names made of the logical ids.
 */
import type { Template } from 'aws-cdk-lib/assertions';
import type { RolePolicies } from '../lab/iam/authorizer.ts';
import { MESSAGING_ACCOUNT_ID } from '../lab/messaging/start-messaging.ts';
import { ACCOUNT, REGION } from '../lab/names.ts';

export interface DeployedFunction {
  readonly environment: Readonly<Record<string, string>>;
  readonly role: RolePolicies;
  /** Name of the group that its own log goes to. */
  readonly logGroup: string;
  /** Name of the queue for what no attempt could handle. */
  readonly deadLetters: string;
}

export interface DeployedHealer {
  readonly remediate: DeployedFunction;
  readonly notify: DeployedFunction;
  /** Only with buttons. */
  readonly respond: DeployedFunction | undefined;
  /** Only with drills. */
  readonly drill: DeployedFunction | undefined;
  /** Values of the parameters, by name. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Names, which are logical ids. */
  readonly tables: readonly string[];
  readonly queues: readonly string[];
  readonly topics: readonly string[];
}

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

type Resources = Readonly<Record<string, Resource>>;

/** By type: what `Ref` gives, and each attribute that a healer asks for. */
type Named = Readonly<Record<string, (id: string) => string>>;

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': REGION,
  'AWS::AccountId': ACCOUNT,
  'AWS::URLSuffix': 'amazonaws.com',
};

/** Stands in queue URLs for the gateway, which is started later than the roles are read. */
const GATEWAY = 'http://gateway.invalid';
const named = (id: string): string => id;

function arn(service: string, resource: string, account = ACCOUNT): string {
  return `arn:aws:${service}:${REGION}:${account}:${resource}`;
}

const NAMES: Readonly<Record<string, Named>> = {
  'AWS::DynamoDB::Table': { Ref: named, Arn: (id) => arn('dynamodb', `table/${id}`) },
  'AWS::SQS::Queue': {
    Ref: (id) => `${GATEWAY}/${MESSAGING_ACCOUNT_ID}/${id}`,
    Arn: (id) => arn('sqs', id, MESSAGING_ACCOUNT_ID),
  },
  'AWS::SNS::Topic': { Ref: (id) => arn('sns', id, MESSAGING_ACCOUNT_ID) },
  'AWS::SecretsManager::Secret': {
    Ref: (id) => arn('secretsmanager', `secret:${id}-x1y2z3`),
  },
  'AWS::KMS::Key': { Arn: (id) => arn('kms', `key/${id}`) },
  'AWS::ECS::Cluster': { Ref: named, Arn: (id) => arn('ecs', `cluster/${id}`) },
  'AWS::ECS::Service': { Name: named },
  'AWS::Logs::LogGroup': { Ref: named, Arn: (id) => arn('logs', `log-group:${id}:*`) },
  'AWS::CloudWatch::Alarm': { Arn: (id) => arn('cloudwatch', `alarm:${id}`) },
  'AWS::ElasticLoadBalancingV2::TargetGroup': {
    Ref: (id) => arn('elasticloadbalancing', `targetgroup/${id}/0123456789abcdef`),
  },
};

export function deployedHealer(template: Template): DeployedHealer {
  const { Resources: resources } = template.toJSON() as { readonly Resources: Resources };
  const ofType = (type: string): readonly string[] =>
    Object.keys(resources).filter((id) => resources[id]?.Type === type);
  const parameters = ofType('AWS::SSM::Parameter').map((id) => {
    const { Name, Value } = resources[id]?.Properties ?? {};
    return [resolve(resources, Name), resolve(resources, Value)] as const;
  });
  return {
    remediate: known(deployedFunction(resources, 'remediate')),
    notify: known(deployedFunction(resources, 'notify')),
    respond: deployedFunction(resources, 'respond'),
    drill: deployedFunction(resources, 'drill'),
    parameters: Object.fromEntries(parameters) as Record<string, string>,
    tables: ofType('AWS::DynamoDB::Table'),
    queues: ofType('AWS::SQS::Queue'),
    topics: ofType('AWS::SNS::Topic'),
  };
}

/** The function's environment variables, with queues at this gateway. */
export function environmentAt(
  { environment }: DeployedFunction,
  gatewayUrl: string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, value.replace(GATEWAY, gatewayUrl)]),
  );
}

function known(found: DeployedFunction | undefined): DeployedFunction {
  if (found === undefined) throw new Error('got no such function in the template, want one');
  return found;
}

/** @param name - that it gives itself in its logs and metrics. */
function deployedFunction(resources: Resources, name: string): DeployedFunction | undefined {
  const found = Object.values(resources)
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .map(({ Properties }) => Properties as unknown as FunctionProperties)
    .filter(({ Environment = {} }) => Environment.Variables?.['POWERTOOLS_SERVICE_NAME'] === name);
  const [only, second] = found;
  if (second !== undefined) throw new Error(`functions ${name}: got ${found.length}, want 1`);
  if (only === undefined) return undefined;
  const { DeadLetterConfig, Environment, LoggingConfig, Role } = only;
  const text = (value: unknown): string => String(resolve(resources, value));
  return {
    environment: resolve(resources, Environment?.Variables) as Record<string, string>,
    role: rolePolicies(resources, Role['Fn::GetAtt'][0]),
    logGroup: text(LoggingConfig.LogGroup),
    deadLetters: text(DeadLetterConfig.TargetArn).split(':').at(-1) ?? '',
  };
}

interface FunctionProperties {
  readonly Role: { readonly 'Fn::GetAtt': readonly [string, string] };
  readonly LoggingConfig: { readonly LogGroup: unknown };
  readonly DeadLetterConfig: { readonly TargetArn: unknown };
  /** Of functions that CDK adds, some have none. */
  readonly Environment?: { readonly Variables?: Readonly<Record<string, unknown>> };
}

function rolePolicies(resources: Resources, roleId: string): RolePolicies {
  const attached = Object.values(resources).filter(
    ({ Type, Properties }) =>
      (Type === 'AWS::IAM::Policy' || Type === 'AWS::IAM::ManagedPolicy') &&
      (Properties['Roles'] as readonly { readonly Ref?: string }[]).some(
        ({ Ref }) => Ref === roleId,
      ),
  );
  const documents = attached.map(({ Properties }) =>
    resolve(resources, Properties['PolicyDocument']),
  );
  return { roleArn: `arn:aws:iam::${ACCOUNT}:role/${roleId}`, documents };
}

/** @throws Error for what it does not know, so that nothing is granted by mistake. */
function resolve(resources: Resources, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((part) => resolve(resources, part));
  if (typeof value !== 'object' || value === null) return value;
  const node = value as Readonly<Record<string, unknown>>;
  const [name = ''] = Object.keys(node);
  const given = node[name];
  switch (name) {
    case 'Ref':
      return PSEUDO[String(given)] ?? nameOf(resources, String(given), 'Ref');
    case 'Fn::GetAtt': {
      const [id, attribute] = given as readonly [string, string];
      return nameOf(resources, id, attribute);
    }
    case 'Fn::Join': {
      const [separator, parts] = given as readonly [string, readonly unknown[]];
      return parts.map((part) => resolve(resources, part)).join(separator);
    }
    default:
      if (name.startsWith('Fn::')) throw new Error(`${name}: got it, want Ref, GetAtt or Join`);
      return Object.fromEntries(
        Object.entries(node).map(([key, part]) => [key, resolve(resources, part)]),
      );
  }
}

function nameOf(resources: Resources, id: string, attribute: string): string {
  const type = resources[id]?.Type ?? 'nothing';
  const make = NAMES[type]?.[attribute];
  if (make === undefined) throw new Error(`${attribute} of ${id}: got ${type}, want a known type`);
  return make(id);
}
