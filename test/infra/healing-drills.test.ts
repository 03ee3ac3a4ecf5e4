/** Drills: their function, what it may do, and the clock. */
import { Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AccountPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { beforeAll, describe, expect, test } from 'vitest';
import { openDrill } from '../../functions/adapters/events/drill.ts';
import { readDrillEnvironment } from '../../functions/core/environment-drill.ts';
import { bundle } from '../../infra/bundle.ts';
import { DrillTimes } from '../../infra/healing/drill-times.ts';
import { HealingPermissions } from '../../infra/healing-permissions.ts';
import type { SelfHealingProps } from '../../infra/self-healing-props.ts';
import { aHealedSite, aService, aSite } from './a-healed-app.ts';

beforeAll(async () => {
  await bundle();
  // The first synth of a process loads and compiles most of CDK.
  aHealedSite();
});

const EVERY = { every: Duration.days(3) };

function drilled(props: Partial<SelfHealingProps> = {}): Template {
  return aHealedSite({ environment: 'staging', drills: EVERY, ...props }).template;
}

interface Target {
  readonly Input?: unknown;
}

/** What the rules of schedules hand to the function, and when. */
function schedulesOf(
  template: Template,
): readonly { readonly at: string; readonly asks: object }[] {
  return Object.values(template.findResources('AWS::Events::Rule')).flatMap(({ Properties }) => {
    const { ScheduleExpression: at, Targets } = Properties as {
      readonly ScheduleExpression?: string;
      readonly Targets: readonly Target[];
    };
    const text = JSON.stringify(Targets[0]?.Input ?? '');
    if (at === undefined || !text.includes('drill-run')) return [];
    const known = textOf(Targets[0]?.Input);
    return [{ at, asks: JSON.parse(known) as object }];
  });
}

describe('a drill by the clock', () => {
  test('asks what the function understands, for each service', () => {
    const [schedule, ...others] = schedulesOf(drilled());

    expect(others).toEqual([]);
    expect(openDrill(schedule?.asks)).toMatchObject({
      kind: 'direct',
      arrival: {
        kind: 'drill-run',
        serviceId: 'known-later/known-later',
        definition: { name: 'wiring' },
        scheduled: true,
        allowProduction: false,
      },
    });
  });

  test('comes to each service at a time of its own, in the working day while there is room', () => {
    const times = new DrillTimes(Duration.days(3));
    const all = Array.from({ length: 72 }, (_, index) => times.of(`Shop/Service${index}`));
    const night = times.of('Shop/OneMore');

    expect(new Set(all.map((time) => JSON.stringify(time))).size).toBe(72);
    expect(all.every(({ hour }) => Number(hour) >= 8 && Number(hour) < 16)).toBe(true);
    expect(Number(night.hour)).toBeGreaterThanOrEqual(16);
    expect(new DrillTimes(Duration.days(3)).of('Shop/Service0')).toEqual(all[0]);
  });

  test('sets the alarm on drills that stay away: two of them', () => {
    drilled().hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'DrillsPassed',
      EvaluationPeriods: 2 * 72 + 1,
    });
    drilled({ drills: { every: Duration.days(6) } }).hasResourceProperties(
      'AWS::CloudWatch::Alarm',
      { MetricName: 'DrillsPassed', EvaluationPeriods: 168 },
    );
  });

  test.each([[Duration.days(7)], [Duration.hours(12)], [Duration.minutes(90)]])(
    'is refused every %s',
    (every) => {
      expect(() => aSite({ drills: { every } })).toThrow('wanted whole days from 1 to 6');
    },
  );

  test('is refused for production, unless that is wanted, or the service left out', () => {
    const production = { environment: 'prod' };

    expect(() => drilled(production)).toThrow(
      "scheduled drills of environment 'prod' would each be refused: got drills.production false",
    );
    const [allowed] = schedulesOf(
      drilled({ ...production, drills: { ...EVERY, production: true } }),
    );
    expect(allowed?.asks).toMatchObject({ allowProduction: true });
    const site = aSite({ ...production, drills: EVERY });
    site.healing.guard(aService(site).service, { drill: false });
    expect(schedulesOf(Template.fromStack(site.stack))).toEqual([]);
  });
});

describe('the function', () => {
  test('works through its own queue, and stops nothing', () => {
    const template = drilled();

    template.resourceCountIs('AWS::Lambda::EventSourceMapping', 3);
    const policies = Object.entries(template.findResources('AWS::IAM::Policy'));
    const own = policies.filter(([id]) => id.startsWith('HealingDrillRole'));
    expect(JSON.stringify(own)).not.toContain('ecs:StopTask');
    expect(JSON.stringify(own)).toContain('"Action":"cloudwatch:SetAlarmState"');
    expect(JSON.stringify(own)).not.toMatch(/SetAlarmState[^}]*"Resource":"\*"/);
  });

  test('knows the fault switches of the services that have one', () => {
    const stack = new Stack();
    const faultSecret = Secret.fromSecretNameV2(stack, 'Fault', 'shop/fault-switch');
    const site = aSite({ drills: { faultSecret } });
    const faultUrl = 'https://shop.example.com';
    site.healing.guard(aService(site, 'One').service, { faultUrl });
    site.healing.guard(aService(site, 'Two').service);
    const functions = Object.values(
      Template.fromStack(site.stack).findResources('AWS::Lambda::Function'),
    );
    const [variables = {}] = functions
      .map(({ Properties }) => Properties.Environment.Variables as Record<string, unknown>)
      .filter(({ POWERTOOLS_SERVICE_NAME: name }) => name === 'drill');
    const known = Object.entries(variables).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : textOf(value),
    ]);

    expect(readDrillEnvironment(Object.fromEntries(known))).toMatchObject({
      faultSecret: { in: 'secret', name: 'shop/fault-switch' },
      faultUrls: { 'known-later/known-later': faultUrl },
      mayDrillProduction: false,
    });
  });

  test('is told of a fault switch only with the secret that opens it', () => {
    const site = aSite({ drills: {} });
    const { service } = aService(site);

    expect(() => site.healing.guard(service, { faultUrl: 'https://shop.example.com' })).toThrow(
      'got faultUrl without drills.faultSecret, wanted both',
    );
  });

  test('refuses a fault switch that no drill would use', () => {
    const site = aSite();
    const { service } = aService(site);

    expect(() => site.healing.guard(service, { faultUrl: 'https://shop.example.com' })).toThrow(
      'got faultUrl for a service that is not drilled, wanted drills: { faultSecret }',
    );
  });

  test('may be asked by who may drill', () => {
    const site = aSite({ drills: {} });
    site.healing.guard(aService(site).service);
    const assumedBy = new AccountPrincipal('123456789012');
    site.healing.grantDrill(new Role(site.stack, 'Lead', { assumedBy }));
    const policies = Object.entries(
      Template.fromStack(site.stack).findResources('AWS::IAM::Policy'),
    );

    const own = JSON.stringify(policies.filter(([id]) => id.startsWith('Lead')));
    expect(own).toMatch(/lambda:InvokeFunction.*HealingDrillFunction/);
  });

  test('is not there unless it is wanted', () => {
    expect(aSite().healing.drill).toBeUndefined();
  });
});

describe('guards in other stacks', () => {
  const clusters = ['Web-*'];
  const elsewhere = (permissions: HealingPermissions): (() => void) => {
    const site = aSite({ permissions, environment: 'staging', drills: EVERY });
    const web = new Stack(site.app, 'Web');
    const { service } = aService({ ...site, stack: web });
    return () => site.healing.guard(service, { scope: web });
  };

  test('are drilled by the names of their alarms', () => {
    const permissions = HealingPermissions.clusters(['*op-*'], {
      logGroups: ['Web-*'],
      alarms: ['Web-*'],
    });

    expect(elsewhere(permissions)).not.toThrow();
  });

  test('are refused where the healer would have to know their alarms', () => {
    const permissions = HealingPermissions.clusters([...clusters, '*op-*'], {
      logGroups: ['Web-*'],
    });

    expect(elsewhere(permissions)).toThrow(
      /for the drills of Web\/Front.*HealingPermissions.clusters\(\[\.\.\.\], \{ alarms: \[\.\.\.\] \}\)/,
    );
  });

  test('are not drilled by alarms of the whole account', () => {
    expect(() => HealingPermissions.clusters(['shop'], { alarms: ['*'] })).toThrow(
      "alarms: got '*'",
    );
  });
});

test('the alarm on the dead letters of drills is there with them', () => {
  drilled().hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmDescription: Match.stringLikeRegexp(String.raw`\[drill-dead-letters\]$`),
  });
});

function textOf(value: unknown): string {
  const joined = (value as { 'Fn::Join'?: [string, readonly unknown[]] })['Fn::Join'];
  if (joined === undefined) return 'known-later';
  return joined[1].map((part) => (typeof part === 'string' ? part : 'known-later')).join('');
}
