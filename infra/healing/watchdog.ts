/** The clock that has the healer look when nothing rings, and the time within which a look must succeed. */
import { Duration } from 'aws-cdk-lib';
import { type IRuleTarget, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { WATCH_EVERY, type WatchDelivery } from '../../functions/core/watchdog.ts';
import type { SelfHealingProps } from '../self-healing-props.ts';
import type { Messaging } from './messaging.ts';

/** Of every look of the watchdog one may be late, and one may fail. */
const BLIND_WITHIN = Duration.minutes(15);
const EVERY = Duration.millis(WATCH_EVERY);
/** CloudWatch looks back no further than a day by periods below an hour. */
const WITHIN = { min: Duration.minutes(10), max: Duration.days(1) };
const INPUT: WatchDelivery = { kind: 'watchdog' };

/**
 * @returns after which time without a successful look the alarm rings; nothing where none is wanted.
 * @throws when it is no time that the alarm can have.
 */
export function blindWithinOf({
  watchdog = true,
  blindWithin,
}: Pick<SelfHealingProps, 'watchdog' | 'blindWithin'>): Duration | undefined {
  if (!watchdog) {
    if (blindWithin === undefined) return undefined;
    throw new Error(
      `blindWithin: got ${blindWithin.toHumanString()} with watchdog: false, wanted none: nothing ` +
        'looks while no alarm rings',
    );
  }
  const within = blindWithin ?? BLIND_WITHIN;
  const looks = within.toMilliseconds() / WATCH_EVERY;
  const { min, max } = WITHIN;
  const isWithin = within.toSeconds() >= min.toSeconds() && within.toSeconds() <= max.toSeconds();
  if (Number.isInteger(looks) && isWithin) return within;
  throw new Error(
    `blindWithin: got ${within.toHumanString()}, wanted ${min.toHumanString()} to ` +
      `${max.toHumanString()} in steps of ${EVERY.toHumanString()}, as often as it looks`,
  );
}

/** Puts a look into the inbox, by the way that alarms take. */
export function makeWatchdog(scope: Construct, messaging: Messaging): Rule {
  return new Rule(scope, 'Watchdog', {
    description: 'Has self-healing look whether it can read all that it decides by',
    schedule: Schedule.rate(EVERY),
    targets: [lookTarget(messaging)],
  });
}

/** A look that comes after the next one is worth nothing. */
function lookTarget({ inbox, ruleDeadLetters }: Messaging): IRuleTarget {
  return {
    bind: () => ({
      arn: inbox.queueArn,
      input: RuleTargetInput.fromObject(INPUT),
      deadLetterConfig: { arn: ruleDeadLetters.queueArn },
      retryPolicy: { maximumEventAgeInSeconds: EVERY.toSeconds() },
    }),
  };
}
