/**
 * Answers a click: who is it, may they, keep it, hand it on, tell them.
 *
 * Nothing is healed here. A click becomes a request in the inbox, and is decided on there like any other. It is
 * handed on at most once: a click that was kept is never sent again, and a person who sees an error clicks again.
 */
import { type Click, type ClickOutcome, replyTo, requestOf } from '../core/click.ts';
import { describe } from '../core/errors.ts';
import type { EpochMillis } from '../core/time.ts';
import type { ClickJournal, ClickLog, Opened, Replier, RequestInbox } from '../ports/clicks.ts';
import type { Clock } from '../ports/clock.ts';

export interface RespondDeps {
  readonly clock: Clock;
  /** @throws HealerError when it cannot be told whether the event is genuine. */
  readonly open: (event: unknown, now: EpochMillis) => Promise<Opened>;
  /** Ids of the people whose clicks count. */
  readonly users: readonly string[];
  readonly clicks: ClickLog;
  readonly inbox: RequestInbox;
  readonly replier: Replier;
  readonly journal: ClickJournal;
}

export interface Patience {
  /** For what must be done before Slack is answered. */
  readonly work: AbortSignal;
  /** For what comes after it: the person is told also when the work took too long. */
  readonly after: AbortSignal;
}

/** What a function URL sends back. */
export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

const DONE: HttpAnswer = { statusCode: 200, body: '' };

/**
 * @throws HealerError when a genuine request could not be handed on, so that the platform counts it. The caller of a
 *   function URL gets a bare 502 then, which Slack shows to whoever clicked.
 */
export async function respond(
  deps: RespondDeps,
  event: unknown,
  patience: Patience,
): Promise<HttpAnswer> {
  const opened = await open(deps, event);
  switch (opened.kind) {
    case 'click':
      return onClick(deps, opened.click, patience);
    case 'ignored':
      deps.journal.ignored(opened);
      return DONE;
    case 'refused':
      deps.journal.refused(opened);
      return refusal(opened);
  }
}

async function open({ open: check, clock, journal }: RespondDeps, event: unknown): Promise<Opened> {
  try {
    return await check(event, clock.now());
  } catch (error) {
    journal.failed({ what: 'open the request', error });
    throw error;
  }
}

/** Whoever cannot sign learns nothing but that. */
function refusal({ status, code }: { readonly status: number; readonly code: string }): HttpAnswer {
  if (status === 401) return { statusCode: status, body: '' };
  const headers = { 'content-type': 'application/json' };
  return { statusCode: status, headers, body: JSON.stringify({ error: code }) };
}

async function onClick(
  deps: RespondDeps,
  click: Click,
  { work, after }: Patience,
): Promise<HttpAnswer> {
  const isAllowed = deps.users.includes(click.userId);
  const { isNew, failure: unkept } = await begin(deps, click, isAllowed, work);
  if (isNew === false) {
    note(deps, click, 'repeated');
    return DONE;
  }
  if (!isAllowed) {
    await tell(deps, click, 'not-allowed', after);
    return DONE;
  }
  const hand = (): Promise<void> => deps.inbox.hand(requestOf(click), work);
  const failure = unkept ?? (await attempt(deps, click, 'hand on', hand));
  const outcome = failure === undefined ? 'asked' : 'failed';
  const settle = (): Promise<void> => deps.clicks.settle(click, outcome, after);
  await Promise.all([
    isNew === true ? attempt(deps, click, 'keep the outcome', settle) : undefined,
    tell(deps, click, outcome, after),
  ]);
  if (failure !== undefined) throw failure;
  return DONE;
}

/** What is not kept is not handed on: who asked for it must be known, and it must not be asked for twice. */
async function begin(
  deps: RespondDeps,
  click: Click,
  isAllowed: boolean,
  signal: AbortSignal,
): Promise<{ readonly isNew?: boolean; readonly failure?: Error }> {
  const outcome = isAllowed ? 'received' : 'not-allowed';
  try {
    return { isNew: await deps.clicks.begin(click, outcome, signal) };
  } catch (error) {
    return { failure: fail(deps, click, 'keep the click', error) };
  }
}

/** The person may wait for it, the work does not. */
async function tell(
  deps: RespondDeps,
  click: Click,
  outcome: ClickOutcome,
  signal: AbortSignal,
): Promise<void> {
  note(deps, click, outcome);
  const { action, replyUrl } = click;
  if (replyUrl === undefined) return;
  try {
    await deps.replier.reply(replyUrl, replyTo(click, outcome), signal);
  } catch (error) {
    deps.journal.untold({ action, error });
  }
}

/** @returns what it failed with. */
async function attempt(
  deps: RespondDeps,
  click: Click,
  what: string,
  work: () => Promise<void>,
): Promise<Error | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return fail(deps, click, what, error);
  }
}

function fail(
  { journal }: RespondDeps,
  { action, subject }: Click,
  what: string,
  error: unknown,
): Error {
  journal.failed({ what: `${what} (${action})`, error, service: subject.serviceId });
  return error instanceof Error ? error : new Error(describe(error));
}

function note({ journal }: RespondDeps, click: Click, outcome: ClickOutcome | 'repeated'): void {
  const { serviceId: service, incidentId: incident } = click.subject;
  journal.clicked({ action: click.action, service, incident, user: click.userId, outcome });
}
