import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { aTemplate, idOf, propertiesOf } from './stacks-template.ts';

const template = aTemplate();

interface Rule {
  readonly GroupId: unknown;
  readonly FromPort: number;
}

const groupOf = (start: string, from = template): unknown => ({
  'Fn::GetAtt': [idOf(from, 'AWS::EC2::SecurityGroup', start), 'GroupId'],
});

describe('the security groups', () => {
  test('let everybody reach the public load balancer, and only its port', () => {
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      GroupDescription: 'Load balancer (public)',
      SecurityGroupIngress: [{ CidrIp: '0.0.0.0/0', FromPort: 80, ToPort: 80 }],
      SecurityGroupEgress: Match.absent(),
    });
  });

  test('let the load balancer reach the tasks, and nothing else either of them', () => {
    const [balancer, tasks] = [groupOf('Public'), groupOf('checkout')];

    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 1);
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      GroupId: tasks,
      SourceSecurityGroupId: balancer,
      FromPort: 8080,
      ToPort: 8080,
    });
    template.resourceCountIs('AWS::EC2::SecurityGroupEgress', 1);
    template.hasResourceProperties('AWS::EC2::SecurityGroupEgress', {
      GroupId: balancer,
      DestinationSecurityGroupId: tasks,
      FromPort: 8080,
      ToPort: 8080,
    });
  });

  test('let tasks out to AWS and to the catalog only', () => {
    const named = aTemplate({ catalogUrl: 'http://catalog.example.com:9000/v1' });
    const secure = aTemplate({ catalogUrl: 'https://catalog.example.com' });
    const portsOf = (from: typeof template): readonly number[] => {
      const id = idOf(from, 'AWS::EC2::SecurityGroup', 'checkout');
      const { SecurityGroupEgress: rules } =
        propertiesOf(from, 'AWS::EC2::SecurityGroup')[id] ?? {};
      return (rules as readonly Rule[]).map(({ FromPort }) => FromPort);
    };

    expect(portsOf(template)).toEqual([443, 80]);
    expect(portsOf(named)).toEqual([443, 9000]);
    expect(portsOf(secure)).toEqual([443]);
  });
});

describe('the health checks', () => {
  test('ask /health of every target group, in time', () => {
    template.allResourcesProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
      HealthCheckPath: '/health',
      HealthCheckIntervalSeconds: 10,
      HealthCheckTimeoutSeconds: 5,
      HealthyThresholdCount: 2,
      UnhealthyThresholdCount: 3,
      Matcher: { HttpCode: '200' },
      Port: 8080,
      TargetType: 'ip',
    });
  });

  test.each([
    [{}, 50],
    [{ startSeconds: 120, intervalSeconds: 15 }, 150],
    [{ graceSeconds: 300 }, 300],
  ])('leave a task of %j the grace to start', (context, grace) => {
    aTemplate(context).hasResourceProperties('AWS::ECS::Service', {
      HealthCheckGracePeriodSeconds: grace,
    });
  });
});

describe('the task', () => {
  const [definition = {}] = Object.values(propertiesOf(template, 'AWS::ECS::TaskDefinition'));
  const [container = {}] = definition['ContainerDefinitions'] as Record<string, unknown>[];

  test('has what the workload reads from its environment', () => {
    expect(container['Environment']).toEqual(
      expect.arrayContaining([
        { Name: 'SERVICE_NAME', Value: 'checkout' },
        { Name: 'REVISION', Value: '0123abc' },
        { Name: 'PORT', Value: '8080' },
        { Name: 'CATALOG_URL', Value: expect.objectContaining({ 'Fn::Join': expect.anything() }) },
      ]),
    );
    expect(container['PortMappings']).toEqual([{ ContainerPort: 8080, Protocol: 'tcp' }]);
  });

  test('may drain before it is killed', () => {
    const variables = container['Environment'] as readonly { Name: string; Value: string }[];
    const drain = variables.find(({ Name }) => Name === 'DRAIN_MS');

    expect(Number(drain?.Value)).toBeGreaterThan(5_000);
    expect(container['StopTimeout']).toBeGreaterThan(Number(drain?.Value) / 1_000);
    expect(container['StopTimeout']).toBeLessThanOrEqual(120);
  });

  test('cannot write to its own file system', () => {
    expect(container['ReadonlyRootFilesystem']).toBe(true);
  });

  test('writes one log stream for each task', () => {
    const logGroup = idOf(template, 'AWS::Logs::LogGroup', 'checkoutTaskLog');

    expect(container['LogConfiguration']).toMatchObject({
      LogDriver: 'awslogs',
      Options: { 'awslogs-group': { Ref: logGroup }, 'awslogs-stream-prefix': 'checkout' },
    });
  });

  test('keeps its old revisions, to which deployments go back', () => {
    template.hasResource('AWS::ECS::TaskDefinition', { UpdateReplacePolicy: 'Retain' });
  });
});

describe('the roles', () => {
  test('let the code of the service do nothing', () => {
    const role = idOf(template, 'AWS::IAM::Role', 'checkoutTaskRole');
    const policies = Object.values(propertiesOf(template, 'AWS::IAM::Policy'));

    expect(JSON.stringify(policies)).not.toContain(role);
    expect(propertiesOf(template, 'AWS::IAM::Role')[role]).not.toHaveProperty('ManagedPolicyArns');
  });

  test('let ECS pull this one image and write this one log', () => {
    const id = idOf(template, 'AWS::IAM::Policy', 'checkoutTask');
    const { PolicyDocument: document } = propertiesOf(template, 'AWS::IAM::Policy')[id] ?? {};
    const { Statement: statements } = document as { Statement: Record<string, unknown>[] };
    const open = statements.filter(({ Resource }) => Resource === '*');

    expect(statements).toHaveLength(3);
    expect(JSON.stringify(statements)).toContain(
      ':ecr:eu-west-1:123456789012:repository/shop/checkout',
    );
    expect(open.map(({ Action }) => Action)).toEqual(['ecr:GetAuthorizationToken']);
    expect(JSON.stringify(statements.flatMap(({ Action }) => Action))).not.toContain('*');
  });
});

describe('the image', () => {
  const imageOf = (from: typeof template): string => {
    const [definition = {}] = Object.values(propertiesOf(from, 'AWS::ECS::TaskDefinition'));
    const [container] = definition['ContainerDefinitions'] as readonly { Image: unknown }[];
    return JSON.stringify(container?.Image);
  };

  test('is the tagged one', () => {
    expect(imageOf(template)).toMatch(/\/shop\/checkout:0123abc"/);
  });

  test('is the one of the digest', () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    const image = `123456789012.dkr.ecr.eu-west-1.amazonaws.com/checkout@${digest}`;

    expect(imageOf(aTemplate({ image }))).toContain(`/checkout@${digest}`);
  });

  test('is built from the workload, and named by its content', () => {
    expect(imageOf(aTemplate({ image: 'asset' }))).toMatch(/container-assets-[^"]*:[0-9a-f]{64}"/);
  });

  test('is never the latest', () => {
    expect(() => aTemplate({ image: 'node:latest' })).toThrow('image: got "node:latest"');
    expect(JSON.stringify(template.toJSON())).not.toContain(':latest');
  });
});
