/** What the tables are worked out from: the construct with its defaults, synthesised. */
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { GuardedService } from '../guarded-service.ts';
import { SelfHealing } from '../self-healing.ts';
import type { SelfHealingProps } from '../self-healing-props.ts';
import { Slack } from '../slack.ts';

const ACCOUNT = '123456789012';
const REGION = 'eu-west-1';
const ELB = `arn:aws:elasticloadbalancing:${REGION}:${ACCOUNT}`;

export interface Sample {
  readonly stack: Stack;
  readonly healing: SelfHealing;
  readonly template: Template;
}

/** Services of one cluster, each with so many target groups. */
export function makeSample(services = 1, targetGroups = 1): Sample {
  const propsIn = (stack: Stack) => ({
    slack: Slack.webhook(secretIn(stack, 'slack-webhook')),
  });
  const key = `${services} ${targetGroups}`;
  return known(key, () => sampleWith(propsIn, { services, targetGroups }));
}

const made = new Map<string, Sample>();

/** A synth takes a second, and several tables are worked out from the same. */
function known(key: string, make: () => Sample): Sample {
  const sample = made.get(key) ?? make();
  made.set(key, sample);
  return sample;
}

const OPTIONS = {
  bot: (stack: Stack): Partial<SelfHealingProps> => ({
    slack: Slack.bot(secretIn(stack, 'slack-token'), { channel: 'C0123456789' }),
  }),
  buttons: (stack: Stack): Partial<SelfHealingProps> => ({
    buttons: { signingSecret: secretIn(stack, 'slack-signing'), users: ['U0123456789'] },
  }),
  drills: (stack: Stack): Partial<SelfHealingProps> => ({
    drills: { every: Duration.days(3), faultSecret: secretIn(stack, 'drill-token') },
    environment: 'staging',
  }),
} as const;

/** One service, and some of what tells, answers and rehearses; all of it where nothing is named. */
export function makeSampleWith(...options: readonly (keyof typeof OPTIONS)[]): Sample {
  const wanted = options.length === 0 ? (['bot', 'buttons', 'drills'] as const) : options;
  const propsIn = (stack: Stack): SelfHealingProps => ({
    slack: Slack.webhook(secretIn(stack, 'slack-webhook')),
    ...Object.assign({}, ...wanted.map((option) => OPTIONS[option](stack))),
  });
  return known(wanted.join(), () => sampleWith(propsIn, { services: 1, targetGroups: 1 }));
}

function secretIn(stack: Stack, name: string): ISecret {
  return Secret.fromSecretNameV2(stack, name, name);
}

function sampleWith(
  propsIn: (stack: Stack) => SelfHealingProps,
  { services, targetGroups }: { readonly services: number; readonly targetGroups: number },
): Sample {
  const stack = new Stack(new App(), 'Sample', { env: { account: ACCOUNT, region: REGION } });
  const healing = new SelfHealing(stack, 'Healing', propsIn(stack));
  for (let index = 1; index <= services; index += 1) {
    const name = services === 1 ? 'checkout' : `service-${index}`;
    const service = GuardedService.fromAttributes(stack, `Service${index}`, {
      clusterName: 'shop',
      serviceName: name,
      targetGroups: Array.from({ length: targetGroups }, (_, group) =>
        ApplicationTargetGroup.fromTargetGroupAttributes(stack, `Targets${index}-${group}`, {
          targetGroupArn: `${ELB}:targetgroup/${name}-${group}/6d0ecf831eec9f09`,
          loadBalancerArns: `${ELB}:loadbalancer/app/shop/50dc6c495c0c9188`,
        }),
      ),
      logGroup: LogGroup.fromLogGroupName(stack, `Logs${index}`, `/ecs/${name}`),
    });
    healing.guard(service);
  }
  return { stack, healing, template: Template.fromStack(stack) };
}
