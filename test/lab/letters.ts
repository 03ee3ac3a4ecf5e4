/** How many messages wait in a queue of the deployed healer. */
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { clientConfig } from './gateway/client-config.ts';
import type { Lab } from './lab.ts';
import { CALLER, REGION } from './names.ts';

/** Those that are due, and those that are not yet. */
const COUNTS: ('ApproximateNumberOfMessages' | 'ApproximateNumberOfMessagesDelayed')[] = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesDelayed',
];

/** @param words - in the logical id of the one queue. */
export async function lettersIn({ healer, gateway }: Lab, words: string): Promise<number> {
  const queues = healer?.deployment.queues.filter(({ name }) => name.includes(words)) ?? [];
  const [queue, ...others] = queues;
  if (queue === undefined || others.length > 0) throw new Error(`${words}: got ${queues.length}`);
  const client = new SQSClient(clientConfig(gateway.url, REGION, CALLER.drill));
  const asked = new GetQueueAttributesCommand({ QueueUrl: queue.url, AttributeNames: COUNTS });
  const { Attributes: found = {} } = await client.send(asked).finally(() => client.destroy());
  return COUNTS.reduce((sum, name) => sum + Number(found[name]), 0);
}
