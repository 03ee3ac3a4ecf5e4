/** What Slack's Web API says when it does not take a message, as one of our errors. */
import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError } from '@slack/web-api';
import { describe, HealerError } from '../../core/errors.ts';

/** What mends it; `docs/slack.md` has the same. */
export const SLACK_HINTS: Readonly<Record<string, string>> = {
  not_in_channel: 'invite the app: /invite in the channel',
  channel_not_found: "check the channel's id, and invite the app where the channel is private",
  is_archived: 'the channel is archived: name another one',
  invalid_auth: "store the app's bot token, it begins with xoxb-",
  not_authed: "store the app's bot token, it begins with xoxb-",
  account_inactive: 'the app was removed: install it again, and store the new token',
  token_revoked: 'the token was revoked: install the app again, and store the new token',
  token_expired: 'turn token rotation off for the app, or store the new token',
  missing_scope: 'give the app the scope chat:write, and install it again',
  not_allowed_token_type: 'store the bot token, and no user or app token',
  restricted_action: 'an administrator has to let apps post in this channel',
  ekm_access_denied: 'an administrator has to let apps post in this channel',
  team_access_not_granted: 'install the app in the workspace of the channel',
};

/** Slack's own trouble, which passes. */
const PASSING =
  /^(?:internal_error|fatal_error|service_unavailable|request_timeout|team_.*_migrat)/;
const LIMITED = /^rate_?limited|^message_limit_exceeded/;
/** It is the form that it does not like: the text by itself may still pass. */
const FORM =
  /^(?:invalid_blocks|invalid_arg|invalid_attachments|too_many_attachments|cannot_parse_|msg_|.*metadata)/;
/** The message that others hang on is no longer there, or cannot be changed any more. */
const GONE =
  /^(?:message_not_found|thread_not_found|cant_update_message|edit_window_closed|cannot_reply_to)/;

export function isFormRefused(error: unknown): boolean {
  return FORM.test(slackCodeOf(error));
}

export function isRootGone(error: unknown): boolean {
  return GONE.test(slackCodeOf(error));
}

function slackCodeOf(error: unknown): string {
  return error instanceof HealerError && error.code === 'chat.refused'
    ? String(error.details['slack'])
    : '';
}

/** @returns a `chat.*` error; `details.slack` is Slack's own code. */
export function chatErrorFrom(error: unknown): HealerError {
  if (error instanceof HealerError) return error;
  if (error instanceof WebAPIRateLimitedError) return limited(error.retryAfter);
  if (error instanceof WebAPIPlatformError) return refusalOf(error.data.error, error);
  if (error instanceof WebAPIHTTPError && error.statusCode < 500) {
    return refusalOf(String(error.statusCode), error);
  }
  const message = `slack did not take the message: ${describe(error)}`;
  return new HealerError('chat.unavailable', message, { retryable: true, cause: error });
}

function refusalOf(slack: string, cause: Error): HealerError {
  if (LIMITED.test(slack)) return limited(1);
  if (PASSING.test(slack)) {
    const message = `slack did not take the message: ${slack}`;
    return new HealerError('chat.unavailable', message, { retryable: true, cause });
  }
  const hint = SLACK_HINTS[slack] === undefined ? '' : `; ${SLACK_HINTS[slack]}`;
  return new HealerError('chat.refused', `slack refused the message: ${slack}${hint}`, {
    // What a person mends lets the same message pass later.
    retryable: SLACK_HINTS[slack] !== undefined || /^4(?:0[1348]|10)$/.test(slack),
    details: { slack },
    cause,
  });
}

function limited(seconds: number): HealerError {
  return new HealerError('chat.rate-limited', 'slack did not take the message: 429', {
    retryable: true,
    details: { waitMs: seconds * 1_000 },
  });
}
