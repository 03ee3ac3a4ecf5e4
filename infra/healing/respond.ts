/** The function that answers clicks on buttons in Slack. */
import { Token } from 'aws-cdk-lib';
import { FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { respondVariables, USER_ID } from '../../functions/core/environment-respond.ts';
import { refuseId, type SlackButtons } from '../slack.ts';
import { HealerFunction } from './functions.ts';
import { grantKept, keptIn } from './kept.ts';
import { refuseLiteral, refuseText } from './literal-secrets.ts';
import { allow, type HealerPlace } from './place.ts';
import { letRecordClicks } from './table-permissions.ts';

const CALL = 'SelfHealing: buttons.signingSecret';
/** As Slack makes them. */
const SIGNING_SECRET = /\b[0-9a-f]{32}\b/;
/** Each click takes some hundred milliseconds. */
const CONCURRENCY = 2;

export interface Respond {
  readonly function: HealerFunction;
  /** For the "Request URL" of the Slack app's interactivity. */
  readonly url: string;
}

/** @returns nothing where no buttons are wanted. */
export function makeRespond(scope: Construct, place: HealerPlace): Respond | undefined {
  const { props, table, messaging } = place;
  const { buttons } = props;
  if (buttons === undefined) return undefined;
  refuseWrong(buttons);
  const { signingSecret: secret, users, concurrency = CONCURRENCY } = buttons;
  const respond = HealerFunction._make(scope, 'Respond', {
    name: 'respond',
    description: 'Answers clicks on buttons in Slack',
    environment: respondVariables({
      signingSecret: keptIn({ secret }),
      users,
      inboxUrl: messaging.inbox.queueUrl,
      tableName: table.tableName,
    }),
    deadLetters: messaging.invocationDeadLetters,
    settings: props,
    concurrency,
  });
  grantKept(respond.role, 'SigningSecret', { secret });
  letRecordClicks(respond.role, table);
  allow(respond.role, 'AskRemediate', ['sqs:SendMessage'], [messaging.inbox.queueArn]);
  return { function: respond, url: openAddress(respond) };
}

/** Open to everyone, for Slack cannot sign for AWS: its own signature is checked by the function. */
function openAddress(respond: HealerFunction): string {
  return respond.function.addFunctionUrl({ authType: FunctionUrlAuthType.NONE }).url;
}

function refuseWrong({ signingSecret, users, concurrency = CONCURRENCY }: SlackButtons): void {
  refuseText(CALL, signingSecret, 'secret');
  refuseLiteral(CALL, signingSecret, SIGNING_SECRET);
  if (users.length === 0) {
    throw new Error("buttons.users: got none, wanted ids of users such as 'U0123456789'");
  }
  for (const user of users) {
    refuseId('buttons.users', user, USER_ID, 'ids of users such as U0123456789');
  }
  if (Token.isUnresolved(concurrency) || (Number.isInteger(concurrency) && concurrency > 0)) return;
  throw new Error(`buttons.concurrency: got ${concurrency}, wanted a whole number from 1`);
}
