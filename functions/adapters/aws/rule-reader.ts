import {
  DescribeRuleCommand,
  type EventBridgeClient,
  ListRuleNamesByTargetCommand,
} from '@aws-sdk/client-eventbridge';
import type { RuleReader, RuleSetting } from '../../ports/operator.ts';
import { calling } from './errors.ts';

/** Reads the rules of the default event bus. */
export function ruleReader(client: EventBridgeClient): RuleReader {
  return {
    async rulesTo(targetArn, abortSignal) {
      const rules: RuleSetting[] = [];
      let token: string | undefined;
      do {
        const command = new ListRuleNamesByTargetCommand({
          TargetArn: targetArn,
          ...(token === undefined ? {} : { NextToken: token }),
        });
        const page = await calling('events:ListRuleNamesByTarget', () =>
          client.send(command, { abortSignal }),
        );
        const names = page.RuleNames ?? [];
        // EventBridge allows few calls a second, so one after the other.
        for (const name of names) rules.push(await describeRule(client, name, abortSignal));
        token = page.NextToken;
      } while (token !== undefined);
      return rules;
    },
  };
}

async function describeRule(
  client: EventBridgeClient,
  name: string,
  abortSignal: AbortSignal,
): Promise<RuleSetting> {
  const command = new DescribeRuleCommand({ Name: name });
  const { State, EventPattern } = await calling('events:DescribeRule', () =>
    client.send(command, { abortSignal }),
  );
  return {
    name,
    isEnabled: State === 'ENABLED',
    ...(EventPattern === undefined ? {} : { pattern: JSON.parse(EventPattern) as unknown }),
  };
}
