/**
 * A gateway over three made-up services, with the real SDK's clients: what the gateway's own tests
 * call.
 */
import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as ecs from '@aws-sdk/client-ecs';
import * as elb from '@aws-sdk/client-elastic-load-balancing-v2';
import { LabEvents } from '../events.ts';
import { clientConfig } from './client-config.ts';
import { startGateway } from './gateway.ts';
import { AwsError, type AwsService } from './operation.ts';

export const REGION = 'eu-west-1';
export const STOPPED_AT = new Date(1_700_000_000_123);

/** What the made-up handlers were last given, and how often StopTask ran. */
interface Seen {
  input: unknown;
  stops: number;
}

export type SampleGateway = Awaited<ReturnType<typeof startSampleGateway>>;

export async function startSampleGateway() {
  const seen: Seen = { input: undefined, stops: 0 };
  const events = new LabEvents();
  const services = sampleServices(seen);
  const gateway = await startGateway({
    events,
    services,
    routes: { '/v4/': (_request, response) => response.end('{"Cluster":"lab"}') },
    region: REGION,
    accountId: '000000000000',
  });
  const config = clientConfig(gateway.url, REGION, 'LABTEST');
  const client = new ecs.ECSClient({ ...config, maxAttempts: 1 });
  const balancer = new elb.ElasticLoadBalancingV2Client(config);
  const watch = new cloudwatch.CloudWatchClient(config);
  return {
    gateway,
    events,
    services,
    seen,
    balancer,
    client,
    watch,
    stop: (task: string) => client.send(new ecs.StopTaskCommand({ cluster: 'lab', task })),
    post: (service: string, headers: Record<string, string>, body: BodyOf, path = '/') =>
      fetch(gateway.url + path, {
        method: 'POST',
        headers: { authorization: `AWS4-HMAC-SHA256 ${credential(service)}`, ...headers },
        body,
      }),
    close: async () => {
      for (const one of [client, balancer, watch]) one.destroy();
      await gateway.close();
    },
  };
}

type BodyOf = string | Uint8Array<ArrayBuffer>;

function credential(service: string): string {
  return `Credential=LABTEST/20260101/${REGION}/${service}/aws4_request, Signature=x`;
}

function sampleServices(seen: Seen): AwsService[] {
  const noting =
    <I>(answer: (input: I) => unknown) =>
    (input: I) => {
      seen.input = input;
      return answer(input);
    };
  const stopping = noting((input: ecs.StopTaskCommandInput) => {
    seen.stops += 1;
    return stopTask(input);
  });
  return [
    { signingName: 'ecs', schemas: ecs, operations: { StopTask: stopping } },
    {
      signingName: 'elasticloadbalancing',
      schemas: elb,
      operations: { DescribeTargetHealth: noting(describeTargetHealth) },
    },
    {
      signingName: 'monitoring',
      schemas: cloudwatch,
      operations: { DescribeAlarms: noting(describeAlarms) },
    },
  ];
}

function stopTask({ task }: ecs.StopTaskCommandInput): unknown {
  if (task === 'missing') throw new AwsError('InvalidParameterException', 'no such task');
  if (task === 'bug') throw new TypeError('boom');
  if (task === 'misspelt') return { task: { taskArn: 'arn', helth: 'HEALTHY' } };
  return { task: { taskArn: task, stoppedAt: STOPPED_AT, containers: [] } };
}

function describeTargetHealth(input: elb.DescribeTargetHealthCommandInput): unknown {
  if (input.TargetGroupArn === 'missing') {
    throw new AwsError('TargetGroupNotFoundException', 'One or more target groups <not> found');
  }
  return {
    TargetHealthDescriptions: (input.Targets ?? []).map((Target) => ({
      Target,
      HealthCheckPort: '8080',
      TargetHealth: { State: 'unhealthy', Reason: 'Target.Timeout', Description: 'a < b & "c"' },
    })),
  };
}

function describeAlarms(input: cloudwatch.DescribeAlarmsCommandInput): unknown {
  if (input.NextToken === 'bad') throw new AwsError('InvalidNextToken', 'bad token');
  const MetricAlarms = (input.AlarmNames ?? []).map((AlarmName) => ({
    AlarmName,
    StateValue: 'ALARM',
    StateUpdatedTimestamp: STOPPED_AT,
    Threshold: 0.5,
    ActionsEnabled: true,
    Dimensions: [{ Name: 'ServiceName', Value: 'web' }],
  }));
  return { MetricAlarms, CompositeAlarms: [] };
}
