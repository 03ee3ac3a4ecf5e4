import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { aTemplate, idOf, propertiesOf } from './stacks-template.ts';

const withNat = aTemplate();
const withEndpoints = aTemplate({ egress: 'endpoints', secondTier: true });

const SUBNET = 'AWS::EC2::Subnet';

/** Logical ids of the subnets, by the kind that CDK tags them with. */
function subnetsOf(template: typeof withNat): Record<string, readonly string[]> {
  const rows = Object.entries(propertiesOf(template, SUBNET)).map(([id, { Tags }]) => {
    const tags = Tags as readonly { Key: string; Value: string }[];
    return { id, name: tags.find(({ Key }) => Key === 'aws-cdk:subnet-name')?.Value ?? '' };
  });
  return Object.fromEntries(
    ['public', 'private', 'isolated'].map((kind) => [
      kind,
      rows.filter(({ name }) => name === kind).map(({ id }) => id),
    ]),
  );
}

/** Where the default route of a subnet leads. */
function defaultRoutesOf(template: typeof withNat, subnets: readonly string[]): readonly string[] {
  const associations = Object.values(
    propertiesOf(template, 'AWS::EC2::SubnetRouteTableAssociation'),
  );
  const tables = associations
    .filter(({ SubnetId }) => subnets.includes((SubnetId as { Ref: string }).Ref))
    .map(({ RouteTableId }) => (RouteTableId as { Ref: string }).Ref);
  return Object.values(propertiesOf(template, 'AWS::EC2::Route'))
    .filter(({ RouteTableId }) => tables.includes((RouteTableId as { Ref: string }).Ref))
    .map((route) => ('NatGatewayId' in route ? 'nat' : 'internet'));
}

describe.each([
  ['with NAT', withNat, ['nat', 'nat']],
  ['with endpoints', withEndpoints, []],
])('the network %s', (_name, template, routes) => {
  test('has public, private and isolated subnets in two zones', () => {
    const subnets = subnetsOf(template);

    template.resourceCountIs(SUBNET, 6);
    expect(subnets['public']).toHaveLength(2);
    expect(subnets['private']).toHaveLength(2);
    expect(subnets['isolated']).toHaveLength(2);
  });

  test('leads out of each kind of subnet as far as it should', () => {
    const subnets = subnetsOf(template);

    expect(defaultRoutesOf(template, subnets['public'] ?? [])).toEqual(['internet', 'internet']);
    expect(defaultRoutesOf(template, subnets['private'] ?? [])).toEqual(routes);
    expect(defaultRoutesOf(template, subnets['isolated'] ?? [])).toEqual([]);
  });

  test('gives nobody a public address', () => {
    template.allResourcesProperties(SUBNET, { MapPublicIpOnLaunch: false });
    template.allResourcesProperties('AWS::ECS::Service', {
      NetworkConfiguration: {
        AwsvpcConfiguration: {
          AssignPublicIp: 'DISABLED',
          Subnets: (subnetsOf(template)['private'] ?? []).map((Ref) => ({ Ref })),
        },
      },
    });
  });

  test('fetches image layers by the gateway of S3', () => {
    template.hasResourceProperties('AWS::EC2::VPCEndpoint', {
      VpcEndpointType: 'Gateway',
      ServiceName: { 'Fn::Join': ['', Match.arrayWith(['.s3'])] },
    });
  });

  test('logs its flows, for as long as everything else', () => {
    template.resourceCountIs('AWS::EC2::FlowLog', 1);
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
  });
});

describe('the way out', () => {
  test('is one NAT gateway in each zone', () => {
    withNat.resourceCountIs('AWS::EC2::NatGateway', 2);
    withNat.resourceCountIs('AWS::EC2::VPCEndpoint', 1);
  });

  test('is one endpoint for each service that a task needs to start', () => {
    const interfaces = Object.values(propertiesOf(withEndpoints, 'AWS::EC2::VPCEndpoint')).filter(
      ({ VpcEndpointType }) => VpcEndpointType === 'Interface',
    );
    const text = JSON.stringify(interfaces.map(({ ServiceName }) => ServiceName));

    withEndpoints.resourceCountIs('AWS::EC2::NatGateway', 0);
    expect(interfaces).toHaveLength(5);
    for (const name of ['ecr.api', 'ecr.dkr', 'logs', 'secretsmanager', 'ssm']) {
      expect(text).toContain(`.${name}"`);
    }
  });

  test('lets tasks only into the endpoints', () => {
    const group = idOf(withEndpoints, 'AWS::EC2::SecurityGroup', 'NetworkEndpoints');
    const inlined = propertiesOf(withEndpoints, 'AWS::EC2::SecurityGroup')[group];
    const rules = Object.values(
      propertiesOf(withEndpoints, 'AWS::EC2::SecurityGroupIngress'),
    ).filter(({ GroupId }) => JSON.stringify(GroupId).includes(group));

    expect(inlined).not.toHaveProperty('SecurityGroupIngress');
    expect(rules).toHaveLength(2);
    for (const rule of rules) {
      expect(rule).toMatchObject({ FromPort: 443, ToPort: 443 });
      expect(JSON.stringify(rule['SourceSecurityGroupId'])).toMatch(/checkout|catalog/);
    }
  });
});
