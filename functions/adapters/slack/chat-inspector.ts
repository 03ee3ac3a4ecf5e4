/** Asks Slack what it thinks of a token or a webhook. Neither is in any message or error. */
import { describe, HealerError } from '../../core/errors.ts';
import type { ChatInspector } from '../../ports/operator.ts';

const API = 'https://slack.com/api/';
const TIMEOUT_MS = 5_000;

/** @param apiUrl - another address of the API, for a rehearsal without Slack */
export function chatInspector(apiUrl = API): ChatInspector {
  return {
    async identify(token, signal) {
      const { user = 'somebody', team = 'somewhere' } = await callApi(
        new URL('auth.test', apiUrl),
        token,
        {},
        signal,
      );
      return `${user} in ${team}`;
    },
    async reach(url, signal) {
      const { origin, host } = new URL(url);
      await ask(new URL(origin), { method: 'HEAD' }, signal);
      return host;
    },
    async postByToken(token, channel, text, signal) {
      await callApi(new URL('chat.postMessage', apiUrl), token, { channel, text }, signal);
    },
    async postByWebhook(url, text, signal) {
      const answer = await ask(new URL(url), jsonOf({ text }), signal);
      if (answer.ok) return;
      throw refused((await answer.text()).trim().slice(0, 80) || String(answer.status));
    },
  };
}

interface ApiAnswer {
  readonly ok?: boolean;
  readonly error?: string;
  readonly user?: string;
  readonly team?: string;
}

async function callApi(
  url: URL,
  token: string,
  body: object,
  signal: AbortSignal,
): Promise<ApiAnswer> {
  const { headers, ...request } = jsonOf(body);
  const init = { ...request, headers: { ...headers, authorization: `Bearer ${token}` } };
  const answer = await ask(url, init, signal);
  const said = (await answer.json().catch(() => ({}))) as ApiAnswer;
  if (said.ok === true) return said;
  throw refused(said.error ?? String(answer.status));
}

function jsonOf(body: object) {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(body),
  };
}

/** @throws {chat.unavailable} without the address: it may be a secret. */
async function ask(url: URL, init: RequestInit, signal: AbortSignal): Promise<Response> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  try {
    return await fetch(url, { ...init, redirect: 'manual', signal: limit });
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    throw new HealerError('chat.unavailable', `${url.host} does not answer: ${describe(cause)}`);
  }
}

function refused(code: string): HealerError {
  return new HealerError('chat.refused', `slack refuses it: ${code}`, { details: { slack: code } });
}
