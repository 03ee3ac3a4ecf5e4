/**
 * Queue URLs in SQS answers: fauxqs writes its own host, clients must come back through the
 * gateway.
 */
import type { WireAnswer } from '../gateway/wire.ts';

/** The answer with every queue URL on the gateway; message bodies are never touched. */
export function rewriteQueueUrls(answer: WireAnswer, gatewayUrl: string): WireAnswer {
  const text = Buffer.from(answer.body).toString();
  if (!/^\s*\{\s*"QueueUrls?"/.test(text)) return answer;
  const value = JSON.parse(text) as Record<string, unknown>;
  const { QueueUrl: one, QueueUrls: several } = value;
  if (typeof one === 'string') value['QueueUrl'] = onGateway(one, gatewayUrl);
  if (Array.isArray(several)) {
    value['QueueUrls'] = several.map((url) => onGateway(String(url), gatewayUrl));
  }
  return { ...answer, body: JSON.stringify(value) };
}

function onGateway(queueUrl: string, gatewayUrl: string): string {
  return `${gatewayUrl}${new URL(queueUrl).pathname}`;
}
