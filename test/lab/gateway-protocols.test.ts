import * as elb from '@aws-sdk/client-elastic-load-balancing-v2';
import { cbor } from '@smithy/core/cbor';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SampleGateway, STOPPED_AT, startSampleGateway } from './gateway/sample-gateway.ts';

const TARGET_GROUP = 'arn:aws:elasticloadbalancing:eu-west-1:000000000000:targetgroup/web/1';
const FORM = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };

let lab: SampleGateway;

beforeEach(async () => {
  lab = await startSampleGateway();
});

afterEach(async () => {
  await lab.close();
});

describe('query', () => {
  it('carries nested lists in and out', async () => {
    const Targets = [
      { Id: '127.0.1.1', Port: 8080 },
      { Id: '127.0.1.2', Port: 8081, AvailabilityZone: 'eu-west-1a' },
    ];
    const input = { TargetGroupArn: TARGET_GROUP, Targets, Include: ['AnomalyDetection' as const] };
    const output = await lab.balancer.send(new elb.DescribeTargetHealthCommand(input));
    expect(lab.seen.input).toEqual(input);
    expect(output.TargetHealthDescriptions).toEqual(
      Targets.map((Target) => ({
        Target,
        HealthCheckPort: '8080',
        TargetHealth: { State: 'unhealthy', Reason: 'Target.Timeout', Description: 'a < b & "c"' },
      })),
    );
    expect(lab.events.calls()).toMatchObject([{ service: 'elasticloadbalancing', input }]);
  });

  it('carries empty lists both ways', async () => {
    const input = { TargetGroupArn: TARGET_GROUP, Targets: [] };
    const output = await lab.balancer.send(new elb.DescribeTargetHealthCommand(input));
    expect(lab.seen.input).toEqual(input);
    expect(output.TargetHealthDescriptions).toEqual([]);
  });

  it('surfaces an error by the SDK name of its code', async () => {
    const failing = lab.balancer.send(
      new elb.DescribeTargetHealthCommand({ TargetGroupArn: 'missing' }),
    );
    await expect(failing).rejects.toMatchObject({
      name: 'TargetGroupNotFoundException',
      message: 'One or more target groups <not> found',
    });
    expect(lab.events.calls()).toMatchObject([
      { error: 'TargetGroupNotFoundException', status: 400 },
    ]);
  });

  it('serves CloudWatch to clients that still speak it', async () => {
    const form = 'Action=DescribeAlarms&Version=2010-08-01&AlarmNames.member.1=cpu&MaxRecords=5';
    const answer = await lab.post('monitoring', FORM, form);
    expect(answer.status).toBe(200);
    expect(lab.seen.input).toEqual({ AlarmNames: ['cpu'], MaxRecords: 5 });
    const xml = await answer.text();
    expect(xml).toMatch(
      /^<DescribeAlarmsResponse xmlns="[^"]+"><DescribeAlarmsResult><MetricAlarms><member>/,
    );
    expect(xml).toContain(
      '<StateUpdatedTimestamp>2023-11-14T22:13:20.123Z</StateUpdatedTimestamp>',
    );
    expect(xml).toContain(
      '<Dimensions><member><Name>ServiceName</Name><Value>web</Value></member></Dimensions>',
    );
    expect(xml).toMatch(/<ResponseMetadata><RequestId>[0-9a-f-]{36}<\/RequestId>/);
  });

  it.each([
    ['Wrong.member.1=x', 'Wrong: got {}, want no such member'],
    ['MaxRecords=many', 'MaxRecords: got "many", want number'],
    ['AlarmNames=cpu', 'AlarmNames: got "cpu", want list'],
  ])('refuses %s', async (field, message) => {
    const answer = await lab.post('monitoring', FORM, `Action=DescribeAlarms&${field}`);
    expect(answer.status).toBe(400);
    const xml = await answer.text();
    expect(xml).toContain('<ErrorResponse');
    expect(xml).toContain('<Type>Sender</Type><Code>ValidationError</Code>');
    expect(xml.replaceAll('&quot;', '"')).toContain(message);
  });
});

describe('CBOR', () => {
  const call = (body: unknown) =>
    lab.post(
      'monitoring',
      {
        'content-type': 'application/cbor',
        'smithy-protocol': 'rpc-v2-cbor',
        'x-amzn-query-mode': 'true',
      },
      Uint8Array.from(cbor.serialize(body)),
      '/service/GraniteServiceVersion20100801/operation/DescribeAlarms',
    );

  it('carries input and output', async () => {
    const answer = await call({ AlarmNames: ['cpu'], MaxRecords: 5 });
    expect(answer.headers.get('smithy-protocol')).toBe('rpc-v2-cbor');
    expect(lab.seen.input).toEqual({ AlarmNames: ['cpu'], MaxRecords: 5 });
    expect(cbor.deserialize(new Uint8Array(await answer.arrayBuffer()))).toMatchObject({
      MetricAlarms: [
        { AlarmName: 'cpu', StateUpdatedTimestamp: { tag: 1, value: STOPPED_AT.getTime() / 1000 } },
      ],
    });
  });

  it('carries errors', async () => {
    const answer = await call({ NextToken: 'bad' });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('x-amzn-query-error')).toBe('InvalidNextToken;Sender');
    expect(cbor.deserialize(new Uint8Array(await answer.arrayBuffer()))).toEqual({
      __type: 'InvalidNextToken',
      message: 'bad token',
    });
  });
});
