/** What each resource of the template is called in the lab: its `Ref`, and its attributes. */
import { functionArn, queueArn, queueUrl, topicArn } from '../healer/names.ts';
import { ACCOUNT, FUNCTION_CALLER, REGION, TABLE } from '../names.ts';
import { secretArn } from '../parameters/secrets-service.ts';
import type { Counterparts } from './counterparts.ts';
import { type Lookup, Resolver, wrong } from './intrinsics.ts';
import type { Resource, Template } from './template.ts';

const PSEUDO_PARAMETERS = {
  'AWS::AccountId': ACCOUNT,
  'AWS::Partition': 'aws',
  'AWS::Region': REGION,
  'AWS::URLSuffix': 'amazonaws.com',
} as const;

interface Lab {
  readonly template: Template;
  readonly counterparts: Counterparts;
  readonly gatewayUrl: string;
  /** Host and port at which users reach the guarded service. */
  readonly serviceHost: string;
}

type Attributes = Readonly<Record<string, string>>;

/** A value by attribute, `Ref` among them. */
const KINDS: Readonly<Record<string, (id: string, lab: Lab, resource: Resource) => Attributes>> = {
  'AWS::SQS::Queue': (id, { gatewayUrl }) => ({
    Ref: queueUrl(gatewayUrl, id),
    QueueUrl: queueUrl(gatewayUrl, id),
    Arn: queueArn(id),
    QueueName: id,
  }),
  'AWS::SNS::Topic': (id) => ({ Ref: topicArn(id), TopicArn: topicArn(id), TopicName: id }),
  'AWS::DynamoDB::Table': () => ({ Ref: TABLE, Arn: arn('dynamodb', `table/${TABLE}`) }),
  'AWS::Lambda::Function': (id, _lab, resource) => {
    const name = functionName(id, resource);
    return { Ref: name, Arn: functionArn(name) };
  },
  'AWS::Events::Rule': (id) => ({ Ref: id, Arn: arn('events', `rule/${id}`) }),
  'AWS::SecretsManager::Secret': (id) => ({
    Ref: secretArn(id, REGION, ACCOUNT),
    Id: secretArn(id, REGION, ACCOUNT),
  }),
  'AWS::IAM::Role': (id) => ({ Ref: id, Arn: `arn:aws:iam::${ACCOUNT}:role/${id}` }),
  'AWS::KMS::Key': (id) => ({ Ref: id, KeyId: id, Arn: arn('kms', `key/${id}`) }),
  'AWS::Logs::LogGroup': (id, { counterparts }) => {
    const name = counterparts.logGroup(id);
    return { Ref: name, Arn: arn('logs', `log-group:${name}:*`) };
  },
  'AWS::ECS::Cluster': (id, { counterparts }) => {
    const name = counterparts.cluster(id);
    return { Ref: name, Arn: arn('ecs', `cluster/${name}`) };
  },
  'AWS::ECS::Service': (id, { counterparts }) => ({ Name: counterparts.service(id) }),
  'AWS::ElasticLoadBalancingV2::TargetGroup': (id, { counterparts }) => {
    const group = counterparts.targetGroup(id);
    return { Ref: group, TargetGroupArn: group };
  },
  // Functions know of one: that which users come in by.
  'AWS::ElasticLoadBalancingV2::LoadBalancer': (_id, { serviceHost }) => ({ DNSName: serviceHost }),
  'AWS::CloudWatch::Alarm': (id, { counterparts }) => {
    const name = counterparts.alarm(id);
    return { Ref: name, Arn: arn('cloudwatch', `alarm:${name}`) };
  },
};

export function makeResolver(lab: Lab): Resolver {
  const lookup: Lookup = (id, attribute) => {
    const resource = lab.template.resources[id];
    return resource && KINDS[resource.Type]?.(id, lab, resource)[attribute];
  };
  return new Resolver(lookup, PSEUDO_PARAMETERS);
}

const OWN_NAMES = Object.keys(FUNCTION_CALLER) as (keyof typeof FUNCTION_CALLER)[];
const NAME_VARIABLE = 'POWERTOOLS_SERVICE_NAME';

/**
 * The name under which a drill follows the function: the one that it gives itself in its logs and
 * metrics.
 *
 * @throws DeploymentError for a function that is none of the healer's.
 */
export function functionName(
  id: string,
  { Properties = {} }: Resource,
): keyof typeof FUNCTION_CALLER {
  const { Variables: variables } = (Properties['Environment'] ?? {}) as {
    readonly Variables?: Readonly<Record<string, unknown>>;
  };
  const name = variables?.[NAME_VARIABLE];
  const own = OWN_NAMES.find((each) => each === name);
  if (own !== undefined) return own;
  const place = `${id}.Environment.Variables.${NAME_VARIABLE}`;
  throw wrong(place, name, `one of ${OWN_NAMES.join(', ')}`);
}

function arn(service: string, resource: string): string {
  return `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
}
