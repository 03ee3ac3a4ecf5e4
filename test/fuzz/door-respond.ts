/** The public address behind Slack's buttons: anybody may send anything to it. */
import { openInbound } from '../../functions/adapters/events/inbound.ts';
import { openClickRequest } from '../../functions/adapters/slack/click-request.ts';
import { respond } from '../../functions/app/respond.ts';
import { CLICK_ACTIONS, type ClickRequest } from '../../functions/core/click.ts';
import { ALL_SERVICES } from '../../functions/core/delivery.ts';
import { describe } from '../../functions/core/errors.ts';
import type { Random } from '../bench/world/random.ts';
import { NOW } from '../core/builders.ts';
import {
  ANA,
  aPayload,
  aSlackRequest,
  SIGNING_SECRET,
  SUBJECT,
  URL_BASE,
} from '../handlers/a-click.ts';
import { type Case, type Door, type Found, sendJson } from './door.ts';
import { damage, mutateValue, write } from './mutate.ts';
import { judgeError } from './oracle.ts';

/**
 * - `signed`: by Slack, whatever is in it, for an app of ours may be driven by anybody in the workspace
 * - `forged`, `stale`: not to be opened
 * - `bent`: signed, and then the event changed
 */
const SETTINGS = ['signed', 'signed', 'signed', 'forged', 'stale', 'bent'] as const;

const open = openClickRequest(() => Promise.resolve(SIGNING_SECRET));
/** Bytes that are no UTF-8 inside a form. */
const BROKEN_BYTES = Buffer.from([0x70, 0x3d, 0xff, 0xfe, 0xc0, 0x80, 0xed, 0xa0, 0x80]);

export const RESPOND: Door = {
  name: 'respond',
  about: 'function URL: methods, headers, base64, signatures, forms and what is in them',
  generate(random) {
    const setting = random.pick(SETTINGS);
    const text = write(anEvent(random, setting));
    return { text: setting === 'bent' ? damage(random, text, 1) : text, setting };
  },
  send: ({ text, setting }: Case) => sendJson(text, (event) => new Endpoint(setting).answer(event)),
};

function anEvent(random: Random, setting: string): unknown {
  const base64 = random.next() < 0.8;
  const at = setting === 'stale' ? NOW - 400_000 : NOW;
  const secret = setting === 'forged' ? 'another secret' : SIGNING_SECRET;
  const form = aForm(random);
  const event = aSlackRequest(form, { at, secret, base64 });
  if (setting === 'bent') return mutateValue(random, event, random.integer(1, 3));
  if (random.next() > 0.02) return event;
  return { ...event, body: BROKEN_BYTES.toString('base64'), isBase64Encoded: true };
}

function aForm(random: Random): string {
  const scope = random.next() < 0.2 ? { ...SUBJECT, serviceId: ALL_SERVICES } : SUBJECT;
  const payload = aPayload({
    action: random.pick([...CLICK_ACTIONS, 'open-runbook', 'no-such-action']),
    actionTs: `${Math.floor(NOW / 1_000)}.516000`,
    value: write(mutateValue(random, { ...scope }, random.pick([0, 0, 0, 1]))),
  });
  const changed = mutateValue(random, payload, random.pick([0, 0, 1, 1, 2]));
  const json = damage(random, write(changed), random.pick([0, 0, 0, 1]));
  const form = new URLSearchParams({ payload: json.toWellFormed() }).toString();
  const kind = random.next();
  if (kind < 0.9) return form;
  if (kind < 0.92) return `${form}&${form}`;
  if (kind < 0.94) return 'ssl_check=1';
  return damage(random, form, 1);
}

class Endpoint {
  readonly #setting: string;
  readonly #outcomes: string[] = [];
  readonly #errors: unknown[] = [];
  readonly #handed: ClickRequest[] = [];
  readonly #said: string[] = [];

  constructor(setting: string) {
    this.#setting = setting;
  }

  async answer(event: unknown): Promise<Found> {
    const { signal } = new AbortController();
    try {
      const { statusCode } = await respond(this.#deps(), event, { work: signal, after: signal });
      if (![200, 400, 401, 405, 413, 415].includes(statusCode)) {
        return { outcomes: [String(statusCode)], broken: `it answers ${statusCode}` };
      }
    } catch (error) {
      this.#errors.push(error);
    }
    const judged = this.#errors.map(judgeError);
    const outcomes = [...this.#outcomes, ...judged.map(({ code }) => code)];
    const broken = judged.find((one) => one.broken !== undefined)?.broken ?? this.#broken();
    return { outcomes, ...(broken === undefined ? {} : { broken }) };
  }

  #deps(): Parameters<typeof respond>[0] {
    return {
      clock: { now: () => NOW },
      open,
      users: [ANA],
      clicks: {
        begin: ({ id, subject }) => {
          this.#said.push(id, JSON.stringify(subject));
          return Promise.resolve(true);
        },
        settle: () => Promise.resolve(),
      },
      inbox: {
        hand: (request) => {
          this.#handed.push(request);
          return Promise.resolve();
        },
      },
      replier: {
        reply: (_url, text) => {
          this.#said.push(text);
          return Promise.resolve();
        },
      },
      journal: {
        clicked: ({ outcome }) => this.#outcomes.push(`click ${outcome}`),
        refused: ({ status, code }) => this.#outcomes.push(`${status} ${code}`),
        ignored: ({ code }) => this.#outcomes.push(`ignored ${code}`),
        untold: ({ error }) => this.#errors.push(error),
        failed: ({ error }) => this.#errors.push(error),
      },
    };
  }

  /** What is handed on must be understood, or a click is lost that was said to be on its way. */
  #broken(): string | undefined {
    if (this.#handed.length > 0 && ['forged', 'stale'].includes(this.#setting)) {
      return `a ${this.#setting} click was handed on`;
    }
    if (this.#said.some((text) => text.includes('<!') || text.includes(URL_BASE))) {
      return `it says ${this.#said.join(' | ')}`;
    }
    for (const request of this.#handed) {
      try {
        openInbound(request);
      } catch (error) {
        return `a request that the inbox does not take: ${describe(error)}`;
      }
    }
    return undefined;
  }
}
