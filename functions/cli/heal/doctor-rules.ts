/** Whether an enabled EventBridge rule hands each alarm to the inbox, when it rings and when it is OK again. */
import type { GuardedService } from '../../core/guarded-service.ts';
import type { RuleSetting } from '../../ports/operator.ts';
import { count, explainFailure, finding, type Health } from './doctor-check.ts';
import type { CheckDone } from './events.ts';
import { type Match, matchPattern } from './rule-pattern.ts';

const CHECK = 'alarm rules';
/** The recovery has to be heard of as well. */
const STATES = ['ALARM', 'OK'] as const;
const MEND =
  'deploy the construct again, or enable the rule; until then this change is heard of only by the next re-check';

export async function checkRules({
  healer,
  place: { inboxUrl },
  services,
  signal,
}: Health): Promise<readonly CheckDone[]> {
  if (inboxUrl === undefined) {
    return [finding(CHECK, 'note', 'not looked at: no URL of the inbox', 'name it with --inbox')];
  }
  const rules = await readRules(healer, inboxUrl, signal);
  if ('failed' in rules) return [rules.failed];
  const bad = services.flatMap((service) => judgeService(service, rules.found));
  const alarms = new Set(services.flatMap(({ alarmArns }) => alarmArns)).size;
  const all =
    `${count(rules.found.filter(({ isEnabled }) => isEnabled).length, 'enabled rule')} ` +
    `to the inbox: ${STATES.join(' and ')} of ${count(alarms, 'alarm')} get there`;
  return bad.length > 0 || services.length === 0 ? bad : [finding(CHECK, 'well', all)];
}

async function readRules(
  { queues, rules }: Health['healer'],
  inboxUrl: string,
  signal: AbortSignal,
): Promise<{ readonly found: readonly RuleSetting[] } | { readonly failed: CheckDone }> {
  let arn: string;
  try {
    arn = (await queues.read(inboxUrl, signal)).arn;
  } catch {
    // What is wrong with the inbox is said where the inbox is looked at.
    const mend = 'see what is said of the inbox';
    return { failed: finding(CHECK, 'note', 'not looked at: the inbox cannot be read', mend) };
  }
  try {
    return { found: await rules.rulesTo(arn, signal) };
  } catch (error) {
    return { failed: explainFailure(CHECK, error, MEND) };
  }
}

function judgeService(
  { id, alarmArns }: GuardedService,
  rules: readonly RuleSetting[],
): readonly CheckDone[] {
  return alarmArns.flatMap((arn) =>
    STATES.flatMap((state): readonly CheckDone[] => {
      const enabled = rules.filter(({ isEnabled }) => isEnabled);
      const best = bestOf(enabled, arn, state);
      if (best === 'yes') return [];
      const what = `${id}: ${state} of ${arn}`;
      if (best === 'unknown') {
        const mend = 'see its pattern: aws events describe-rule; a wiring drill proves the way';
        return [finding(CHECK, 'note', `${what}: no rule of which it can be told`, mend)];
      }
      const disabled = rules.find((rule) => !rule.isEnabled && matches(rule, arn, state) === 'yes');
      const why = disabled === undefined ? 'no rule takes it' : `${disabled.name} is DISABLED`;
      return [finding(CHECK, 'wrong', `${what} does not reach the inbox: ${why}`, MEND)];
    }),
  );
}

function bestOf(rules: readonly RuleSetting[], arn: string, state: string): Match {
  const all = rules.map((rule) => matches(rule, arn, state));
  if (all.includes('yes')) return 'yes';
  return all.includes('unknown') ? 'unknown' : 'no';
}

/** What CloudWatch sends to EventBridge, as far as a rule of ours asks for it. */
function matches({ pattern }: RuleSetting, arn: string, state: string): Match {
  if (pattern === undefined) return 'no';
  const [, , , region, account, , ...name] = arn.split(':');
  return matchPattern(pattern, {
    source: 'aws.cloudwatch',
    'detail-type': 'CloudWatch Alarm State Change',
    account,
    region,
    resources: [arn],
    detail: { alarmName: name.join(':'), state: { value: state } },
  });
}
