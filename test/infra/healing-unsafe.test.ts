/** What `guard` refuses or warns of. */
import { Duration, SecretValue } from 'aws-cdk-lib';
import { FargateService } from 'aws-cdk-lib/aws-ecs';
import { ApplicationProtocol } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '../../infra/bundle.ts';
import { GuardedService } from '../../infra/guarded-service.ts';
import { SingleTask } from '../../infra/healing-policy.ts';
import { Slack } from '../../infra/slack.ts';
import {
  aHealedSite,
  anAlarm,
  anUnattached,
  aService,
  aSite,
  blueGreen,
  warningsOf,
} from './a-healed-app.ts';

beforeAll(async () => {
  await bundle();
  // The first synth of a process loads and compiles most of CDK.
  aHealedSite();
});

const PLACE = { env: { account: '123456789012', region: 'eu-west-1' } };

describe('guard refuses', () => {
  test.each([['https://hooks.slack.com/services/T0/B0/x'], ['xoxb-1-2-x']])(
    'the literal %s as a secret',
    (literal) => {
      const { stack } = aSite();
      const secretStringValue = SecretValue.unsafePlainText(literal);
      const secret = new Secret(stack, 'Literal', { secretStringValue }) as ISecret;

      expect(() => Slack.webhook(secret)).toThrow('Secrets Manager');
      expect(() => Slack.webhook(literal as never)).toThrow('literal');
    },
  );

  test('a service of another account', () => {
    const site = aSite({}, PLACE);
    const arn = 'arn:aws:ecs:eu-west-1:999999999999:service/billing/invoices';
    const service = FargateService.fromFargateServiceAttributes(site.stack, 'Foreign', {
      serviceArn: arn,
      cluster: site.cluster,
    });
    const alarms = [anAlarm(site.stack, 'Any')];

    expect(() => site.healing.guard(service, { alarms })).toThrow('999999999999');
  });

  test('two services with one alarm', () => {
    const site = aSite();
    const alarms = [anAlarm(site.stack, 'Shared')];
    site.healing.guard(aService(site, 'One').service, { alarms });

    expect(() => site.healing.guard(aService(site, 'Two').service, { alarms })).toThrow(
      'one owner',
    );
  });

  test('one service twice', () => {
    const site = aSite();
    const { service } = aService(site);
    site.healing.guard(service);

    expect(() => site.healing.guard(service)).toThrow('once');
  });

  test('blue/green with one target group', () => {
    const site = aSite();

    expect(() => site.healing.guard(blueGreen(site).service)).toThrow('[blue, green]');
  });

  test('a service that nothing speaks for', () => {
    const site = aSite();

    expect(() => site.healing.guard(anUnattached(site, 'Worker'))).toThrow('alarms');
  });

  test('a limit that cannot be, with its name', () => {
    const site = aSite();
    const { service } = aService(site);

    expect(() => site.healing.guard(service, { policy: { stormShare: 2 } })).toThrow(
      'policy.stormShare: got 2',
    );
    expect(() => aSite({ policy: { hold: Duration.seconds(1) } })).toThrow('holdSeconds');
    expect(() =>
      site.healing.guard(aService(site, 'B').service, {
        policy: { claimLease: Duration.seconds(30) },
      }),
    ).toThrow('claimLease');
  });

  test('a target group that is attached later, and a healer without services', () => {
    const site = aSite();
    const service = anUnattached(site, 'Late');
    site.healing.guard(service, { alarms: [anAlarm(site.stack, 'Any')] });
    const listener = site.balancer.addListener('L', {
      port: 81,
      protocol: ApplicationProtocol.HTTP,
    });
    listener.addTargets('T', { port: 80, targets: [service] });

    expect(() => site.app.synth()).toThrow('not guarded');
    expect(() => aSite().app.synth()).toThrow('no service');
  });
});

describe('guard warns', () => {
  test('of nothing where nothing is unsafe', () => {
    expect(warningsOf(aHealedSite().site)).not.toContain('ecs-self-healing:');
  });

  test('of a single task, unless its outage is accepted', () => {
    const site = aSite();
    const desiredCount = 1;
    site.healing.guard(aService(site, 'Alone', { desiredCount }).service);
    const accepted = aSite({ policy: { singleTask: SingleTask.STOP } });
    accepted.healing.guard(aService(accepted, 'Alone', { desiredCount }).service);

    expect(warningsOf(site)).toContain('Raise desiredCount');
    expect(warningsOf(accepted)).not.toContain('desiredCount');
  });

  test('of a missing grace period', () => {
    const site = aSite();
    const healthCheckGracePeriod = Duration.seconds(0);
    site.healing.guard(aService(site, 'Hasty', { healthCheckGracePeriod }).service);

    expect(warningsOf(site)).toContain('Set healthCheckGracePeriod');
  });

  test('of an alarm that is shorter than a start', () => {
    const site = aSite();
    site.healing.guard(aService(site).service, {
      alarms: [anAlarm(site.stack, 'Short')],
      policy: { startGrace: Duration.minutes(5) },
    });

    expect(warningsOf(site)).toContain('less than a task takes to start');
  });

  test('of a start that is left less time than its grace period', () => {
    const site = aSite({ policy: { startGrace: Duration.seconds(30) } });
    const healthCheckGracePeriod = Duration.seconds(90);
    site.healing.guard(aService(site, 'Slow', { healthCheckGracePeriod }).service);

    expect(warningsOf(site)).toContain('Raise policy.startGrace');
  });

  test('of logs that it cannot read', () => {
    const site = aSite();
    const names = { clusterName: 'billing', serviceName: 'invoices' };
    const service = GuardedService.fromAttributes(site.stack, 'Invoices', names);
    site.healing.guard(service, { alarms: [anAlarm(site.stack, 'Any')] });

    expect(warningsOf(site)).toContain('no log group');
  });
});
