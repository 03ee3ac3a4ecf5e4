/** What the lab's deployed resources are called, known before they are made. */
import { MESSAGING_ACCOUNT_ID } from '../messaging/start-messaging.ts';
import { ACCOUNT, REGION } from '../names.ts';

export function queueArn(name: string): string {
  return `arn:aws:sqs:${REGION}:${MESSAGING_ACCOUNT_ID}:${name}`;
}

export function queueUrl(gatewayUrl: string, name: string): string {
  return `${gatewayUrl}/${MESSAGING_ACCOUNT_ID}/${name}`;
}

export function topicArn(name: string): string {
  return `arn:aws:sns:${REGION}:${MESSAGING_ACCOUNT_ID}:${name}`;
}

export function functionArn(name: string): string {
  return `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;
}
