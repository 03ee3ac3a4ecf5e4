import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { aTemplate, idOf, propertiesOf } from './stacks-template.ts';

const RULE = 'AWS::ElasticLoadBalancingV2::ListenerRule';
const BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';
const LISTENER = 'AWS::ElasticLoadBalancingV2::Listener';
const GROUP = 'AWS::EC2::SecurityGroup';

const groupOf = (template: Template, start: string): unknown => ({
  'Fn::GetAtt': [idOf(template, GROUP, start), 'GroupId'],
});

/** Value of an environment variable of the one task that is named so. */
function variableOf(template: Template, service: string, variable: string): string {
  const definitions = Object.values(propertiesOf(template, 'AWS::ECS::TaskDefinition'));
  const all = definitions.map(({ ContainerDefinitions: containers }) => {
    const [container] = containers as readonly {
      readonly Environment: readonly { readonly Name: string; readonly Value: unknown }[];
    }[];
    return new Map(container?.Environment.map(({ Name, Value }) => [Name, Value]));
  });
  const environment = all.find((candidate) => candidate.get('SERVICE_NAME') === service);
  return JSON.stringify(environment?.get(variable));
}

describe('one tier', () => {
  const template = aTemplate();

  test('has one public load balancer', () => {
    template.resourceCountIs(BALANCER, 1);
    template.hasResourceProperties(BALANCER, {
      Scheme: 'internet-facing',
      LoadBalancerAttributes: Match.arrayWith([
        { Key: 'routing.http.drop_invalid_header_fields.enabled', Value: 'true' },
      ]),
    });
  });

  test('asks the load balancer, which answers for the stock', () => {
    expect(variableOf(template, 'checkout', 'CATALOG_URL')).toContain('/stock/');
    template.hasResourceProperties(RULE, {
      Actions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } }],
      Conditions: [{ PathPatternConfig: { Values: ['/stock/*'] } }],
    });
  });

  test('asks whom it is told to ask', () => {
    const named = aTemplate({ catalogUrl: 'https://catalog.example.com/v1' });

    expect(variableOf(named, 'checkout', 'CATALOG_URL')).toBe('"https://catalog.example.com/v1"');
    named.resourceCountIs(RULE, 1);
  });
});

describe('two tiers', () => {
  const template = aTemplate({ secondTier: true });

  test('have a load balancer each, the second without public address', () => {
    template.resourceCountIs(BALANCER, 2);
    template.resourcePropertiesCountIs(BALANCER, { Scheme: 'internal' }, 1);
    template.resourceCountIs('AWS::ECS::Service', 2);
  });

  test('ask from front to back', () => {
    const internal = idOf(template, BALANCER, 'Internal');

    expect(variableOf(template, 'checkout', 'CATALOG_URL')).toContain(internal);
    expect(variableOf(template, 'checkout', 'CATALOG_URL')).not.toContain('/stock/');
    expect(variableOf(template, 'catalog', 'CATALOG_URL')).toContain(internal);
    expect(variableOf(template, 'catalog', 'CATALOG_URL')).toContain('/stock/');
  });

  test('let tasks, and nobody else, reach the internal load balancer', () => {
    const internal = groupOf(template, 'Internal');
    const inlined = propertiesOf(template, GROUP)[idOf(template, GROUP, 'Internal')];
    const rules = Object.values(propertiesOf(template, 'AWS::EC2::SecurityGroupIngress')).filter(
      ({ GroupId }) => JSON.stringify(GroupId) === JSON.stringify(internal),
    );

    expect(inlined).not.toHaveProperty('SecurityGroupIngress');
    expect(rules).toHaveLength(2);
    expect(rules).toContainEqual(
      expect.objectContaining({
        SourceSecurityGroupId: groupOf(template, 'checkout'),
        FromPort: 80,
        ToPort: 80,
      }),
    );
    template.hasResourceProperties('AWS::EC2::SecurityGroupEgress', {
      GroupId: groupOf(template, 'checkout'),
      DestinationSecurityGroupId: internal,
      FromPort: 80,
    });
  });

  test('let only the second tier out to a named catalog', () => {
    const named = aTemplate({ secondTier: true, catalogUrl: 'http://catalog.example.com:81' });
    const outOf = (start: string): string =>
      JSON.stringify(
        propertiesOf(named, GROUP)[idOf(named, GROUP, start)]?.['SecurityGroupEgress'],
      );

    expect(outOf('catalog')).toContain('81');
    expect(outOf('checkout')).not.toContain('81');
  });
});

describe('several services', () => {
  const services = [
    { name: 'web', paths: ['/*'] },
    { name: 'cart', paths: ['/cart', '/cart/*'] },
  ];
  const template = aTemplate({ services });

  test('share the load balancer by path, the one for everything last', () => {
    const priorityOf = (start: string): unknown =>
      propertiesOf(template, RULE)[idOf(template, RULE, start)]?.['Priority'];

    template.resourceCountIs(BALANCER, 1);
    template.resourceCountIs('AWS::ECS::Service', 2);
    template.hasResourceProperties(RULE, {
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/cart', '/cart/*'] } }],
    });
    expect(priorityOf('Publicweb')).toBeGreaterThan(Number(priorityOf('Publiccart')));
  });

  test('are deployed one by one', () => {
    template.resourceCountIs('AWS::CodeDeploy::DeploymentGroup', 2);
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::TargetGroup', 4);
  });

  test('may have images of their own', () => {
    const image = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:fedcba9';
    const [web, cart] = services;
    const mixed = aTemplate({ services: [{ ...web, image }, cart] });

    expect(variableOf(mixed, 'web', 'REVISION')).toBe('"fedcba9"');
    expect(variableOf(mixed, 'cart', 'REVISION')).toBe('"0123abc"');
  });

  test('leave other paths unanswered', () => {
    template.hasResourceProperties(LISTENER, {
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
    });
  });
});

describe('with a certificate', () => {
  const certificateArn = 'arn:aws:acm:eu-west-1:123456789012:certificate/0123';
  const template = aTemplate({ certificateArn, secondTier: true });

  test('users speak HTTPS, and are led to it', () => {
    template.hasResourceProperties(LISTENER, {
      Port: 443,
      Protocol: 'HTTPS',
      SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-2021-06',
      Certificates: [{ CertificateArn: certificateArn }],
    });
    template.hasResourceProperties(LISTENER, {
      Port: 80,
      DefaultActions: [{ Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443' } }],
    });
  });
});
