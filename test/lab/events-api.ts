/** EventBridge as others see it: the rules, and what they target. */
import type {
  DescribeRuleRequest,
  ListRuleNamesByTargetRequest,
} from '@aws-sdk/client-eventbridge';
import * as schemas from '@aws-sdk/client-eventbridge';
import { AwsError, type AwsService } from './gateway/operation.ts';
import type { Deployment } from './healer/deployment.ts';

/** One rule as the API tells of it. */
export interface OfferedRule {
  readonly name: string;
  readonly enabled: boolean;
  /** JSON. Absent of a rule that is a schedule. */
  readonly pattern?: string;
  readonly targetArns: readonly string[];
}

/** Those of the deployed healer. */
export function rulesOf({ rules }: Pick<Deployment, 'rules'>): readonly OfferedRule[] {
  return rules.map(({ arn, enabled, pattern, targets }) => ({
    name: arn.slice(arn.lastIndexOf('/') + 1),
    enabled,
    ...(pattern === undefined ? {} : { pattern: pattern.json }),
    targetArns: targets.flatMap((target) => ('queueArn' in target ? [target.queueArn] : [])),
  }));
}

/** Names that one answer holds; AWS has 100. */
const PAGE = 2;

/** @param offered - asked anew for each call: rules are deployed after the gateway listens. */
export function eventsApi(offered: () => readonly OfferedRule[]): AwsService {
  return {
    signingName: 'events',
    schemas,
    operations: {
      ListRuleNamesByTarget: ({ TargetArn = '', NextToken }: ListRuleNamesByTargetRequest) => {
        const start = Number(NextToken ?? 0);
        const names = offered()
          .filter(({ targetArns }) => targetArns.includes(TargetArn))
          .map(({ name }) => name);
        return {
          RuleNames: names.slice(start, start + PAGE),
          ...(start + PAGE < names.length ? { NextToken: String(start + PAGE) } : {}),
        };
      },
      DescribeRule: ({ Name = '' }: DescribeRuleRequest) => {
        const found = offered().find(({ name }) => name === Name);
        if (found === undefined) {
          throw new AwsError('ResourceNotFoundException', `Rule ${Name} does not exist.`);
        }
        const { name, enabled, pattern } = found;
        return {
          Name: name,
          State: enabled ? 'ENABLED' : 'DISABLED',
          ...(pattern === undefined ? {} : { EventPattern: pattern }),
        };
      },
    },
  };
}
