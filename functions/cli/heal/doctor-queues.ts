/** Whether alarms and re-checks get through, and what was given up. */
import { count, explainFailure, finding, type Health } from './doctor-check.ts';
import type { CheckDone } from './events.ts';

/** A pass takes seconds, so this many that wait means that nobody takes them. */
const WAITING_MAX = 100;
const NO_URL = 'name it with --inbox or INBOX_URL, the URL that remediate has in its environment';

export async function checkInbox({
  healer,
  place: { inboxUrl },
  signal,
}: Health): Promise<readonly CheckDone[]> {
  if (inboxUrl === undefined) return [finding('inbox', 'note', 'not looked at: no URL', NO_URL)];
  try {
    const { waiting, inFlight, delayed, deadLetterArn } = await healer.queues.read(
      inboxUrl,
      signal,
    );
    const depth = `${waiting} waiting, ${inFlight} worked on, ${delayed} not due yet`;
    if (waiting > WAITING_MAX) {
      const mend = 'see that the event source mapping of remediate is enabled, and its errors';
      return [finding('inbox', 'wrong', `${depth}; at most ${WAITING_MAX} should wait`, mend)];
    }
    if (deadLetterArn === undefined) {
      const mend =
        'deploy the construct again: without one, a message that fails comes back for a day';
      return [finding('inbox', 'wrong', `${depth}; it has no dead-letter queue`, mend)];
    }
    return [finding('inbox', 'well', depth)];
  } catch (error) {
    return [explainFailure('inbox', error, `${NO_URL}; deploy the construct again if it is gone`)];
  }
}

/** The queue that the inbox sends to, and those that were named. */
export async function checkDeadLetters(health: Health): Promise<readonly CheckDone[]> {
  const { place } = health;
  const urls = [...(await ownDeadLetters(health)), ...place.deadLetterUrls];
  const found = await Promise.all(urls.map((url) => checkOne(health, url)));
  return found.flat();
}

async function ownDeadLetters({
  healer,
  place: { inboxUrl },
  signal,
}: Health): Promise<readonly string[]> {
  if (inboxUrl === undefined) return [];
  try {
    const { deadLetterArn } = await healer.queues.read(inboxUrl, signal);
    return deadLetterArn === undefined ? [] : [await healer.queues.urlOf(deadLetterArn, signal)];
  } catch {
    // What is wrong with the inbox is said where the inbox is looked at.
    return [];
  }
}

async function checkOne({ healer, signal }: Health, url: string): Promise<readonly CheckDone[]> {
  const name = url.split('/').at(-1) ?? url;
  try {
    const { waiting, inFlight } = await healer.queues.read(url, signal);
    if (waiting + inFlight === 0) return [finding('dead letters', 'well', `${name} is empty`)];
    const mend =
      'read one with aws sqs receive-message, mend its cause, then redrive or purge the queue';
    const detail = `${name}: ${count(waiting + inFlight, 'message')} given up`;
    return [finding('dead letters', 'wrong', detail, mend)];
  } catch (error) {
    return [explainFailure('dead letters', error, 'correct the URL in --dead-letters')];
  }
}
