/** Whether people can be told. */
import { readNotifyEnvironment } from '../../core/environment-notify.ts';
import { describe } from '../../core/errors.ts';
import { explainFailure, finding, type Health } from './doctor-check.ts';
import type { CheckDone } from './events.ts';
import type { SlackPlace } from './healer.ts';

const CHECK = 'slack';
const NO_SECRET =
  'name what holds the webhook or the token (--slack-secret, --slack-token-secret, or the same with -parameter), ' +
  'or --notify-function, which knows';

export async function checkSlack(health: Health): Promise<readonly CheckDone[]> {
  const place = await findPlace(health);
  if ('said' in place) return [place.said];
  const { slack } = place;
  try {
    return slack.kind === 'bot' ? await checkBot(health, slack) : await checkWebhook(health, slack);
  } catch (error) {
    return [explainFailure(CHECK, error, `create it, or ${NO_SECRET}`)];
  }
}

type Bot = Extract<SlackPlace, { kind: 'bot' }>;
type Webhook = Extract<SlackPlace, { kind: 'webhook' }>;

/** What was named, or else what notify has. */
async function findPlace({
  healer,
  place: { slack, functions },
  signal,
}: Health): Promise<{ readonly slack: SlackPlace } | { readonly said: CheckDone }> {
  if (slack !== undefined) return { slack };
  if (functions.notify === undefined) {
    return { said: finding(CHECK, 'note', 'not looked at: no secret named', NO_SECRET) };
  }
  try {
    const { variables } = await healer.functions.setting(functions.notify, signal);
    const { chat } = readNotifyEnvironment(variables);
    return chat.kind === 'topic' ? { said: untold(chat.topicArn) } : { slack: chat };
  } catch (error) {
    const mend = 'deploy the construct again: notify cannot start like this';
    return { said: explainFailure(CHECK, error, mend) };
  }
}

function untold(topicArn: string): CheckDone {
  const mend = 'see in Amazon Q Developer in chat applications that the channel has this topic';
  return finding(CHECK, 'note', `Amazon Q: not looked at behind ${topicArn}`, mend);
}

async function checkBot(
  { healer, place, signal }: Health,
  { token, channel }: Bot,
): Promise<readonly CheckDone[]> {
  const value = await healer.secret(token, 'token');
  const who = await healer.chat.identify(value, signal);
  const known = finding(CHECK, 'well', `the token is ${who}`);
  if (!place.postTest) return [{ ...known, detail: `${known.detail}; nothing was posted` }];
  if (channel === undefined) {
    const mend = 'name it with --slack-channel or SLACK_CHANNEL_ID';
    return [known, finding(CHECK, 'wrong', 'no channel to post a test to', mend)];
  }
  await healer.chat.postByToken(value, channel, testText(place.by), signal);
  return [known, posted()];
}

async function checkWebhook(
  { healer, place, signal }: Health,
  { url }: Webhook,
): Promise<readonly CheckDone[]> {
  const value = await healer.secret(url, 'webhookUrl');
  if (!URL.canParse(value)) {
    // The value is never shown, not even in part.
    const mend = 'put the URL of the incoming webhook there, bare or as { "webhookUrl": "…" }';
    return [finding(CHECK, 'wrong', 'webhook: got no URL, wanted one', mend)];
  }
  if (place.postTest) {
    await healer.chat.postByWebhook(value, testText(place.by), signal);
    return [posted()];
  }
  try {
    const host = await healer.chat.reach(value, signal);
    const detail = `a webhook is there, and ${host} answers; nothing was posted`;
    return [finding(CHECK, 'well', detail)];
  } catch (error) {
    const mend = 'not from this machine; the function has a way of its own. --post-test asks Slack';
    return [finding(CHECK, 'unknown', describe(error), mend)];
  }
}

function testText(by: string): string {
  return `TEST by ${by}, from "heal doctor": no action needed.`;
}

function posted(): CheckDone {
  return finding(CHECK, 'well', 'Slack took a test message: look for TEST in the channel');
}
