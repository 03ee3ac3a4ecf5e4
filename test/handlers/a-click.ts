/** A click as Slack sends it to a function's URL: signed, as a form with one field of JSON. */
import { createHmac } from 'node:crypto';

export const SIGNING_SECRET = '8f742231b10e8888abcd99yyyzzz85a5';
export const ANA = 'U0123456789';
export const URL_BASE = 'https://hooks.slack.com/actions/T01/2/abc';

export const SUBJECT = {
  serviceId: 'shop-prod/checkout-api',
  incidentId: 'inc-20261120-100341-3f9c2k',
};

export interface ClickParts {
  readonly action?: string;
  readonly value?: string;
  readonly user?: object;
  readonly replyUrl?: string;
  readonly actionTs?: string;
  readonly more?: object;
}

/** `payload` of the form. */
export function aPayload(parts: ClickParts = {}): object {
  const { action = 'acknowledge', value = JSON.stringify(SUBJECT), actionTs } = parts;
  return {
    type: 'block_actions',
    user: { id: ANA, username: 'ana', name: 'ana', team_id: 'T01', ...parts.user },
    api_app_id: 'A01',
    token: 'Shh_its_a_seekrit',
    container: { type: 'message', message_ts: '1763633000.000200', channel_id: 'C01' },
    trigger_id: '12466734323.1395872398',
    team: { id: 'T01', domain: 'shop' },
    enterprise: null,
    channel: { id: 'C01', name: 'on-call' },
    response_url: parts.replyUrl ?? URL_BASE,
    actions: [
      {
        type: 'button',
        action_id: action,
        block_id: 'b1',
        text: { type: 'plain_text', text: 'A button', emoji: true },
        value,
        action_ts: actionTs ?? '1763633021.516000',
      },
    ],
    ...parts.more,
  };
}

export function formOf(payload: object): string {
  return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
}

export interface Sending {
  /** Epoch milliseconds, by Slack's clock. */
  readonly at: number;
  readonly secret?: string;
  readonly base64?: boolean;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The event of a function URL, payload format 2.0. */
export function aSlackRequest(form: string, sending: Sending) {
  const { at, secret = SIGNING_SECRET, base64 = true, method = 'POST' } = sending;
  const timestamp = String(Math.floor(at / 1_000));
  const signature = createHmac('sha256', secret).update(`v0:${timestamp}:${form}`).digest('hex');
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: '/',
    rawQueryString: '',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      host: 'abc.lambda-url.eu-west-1.on.aws',
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${signature}`,
      ...sending.headers,
    },
    requestContext: {
      accountId: 'anonymous',
      apiId: 'abc',
      domainName: 'abc.lambda-url.eu-west-1.on.aws',
      http: { method, path: '/', protocol: 'HTTP/1.1', sourceIp: '3.1.2.3', userAgent: 'Slackbot' },
      requestId: 'b1c5e6c0-0000-4000-8000-000000000000',
      routeKey: '$default',
      stage: '$default',
      time: '20/Nov/2026:10:03:41 +0000',
      timeEpoch: at,
    },
    body: base64 ? Buffer.from(form).toString('base64') : form,
    isBase64Encoded: base64,
  };
}
