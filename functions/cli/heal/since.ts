/** How far back a person wants to look. */
import { InvalidArgumentError } from 'commander';
import {
  type DurationMillis,
  type EpochMillis,
  earlier,
  epochMillis,
  minutes,
} from '../../core/time.ts';

const SPAN = /^(\d{1,5}) ?(min|h|d)$/;
const MINUTES = { min: 1, h: 60, d: 24 * 60 } as const;
const DATE = /^\d{4}-\d{2}-\d{2}/;

/** A span before now, or an instant of its own. */
export type Since = { readonly span: DurationMillis } | { readonly at: EpochMillis };

/** @throws InvalidArgumentError unless it is `30min`, `12h`, `7d` or an ISO date. */
export function parseSince(text: string): Since {
  const [, number, unit] = SPAN.exec(text) ?? [];
  if (number !== undefined) {
    return { span: minutes(Number(number) * MINUTES[unit as keyof typeof MINUTES]) };
  }
  const at = DATE.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(at)) return { at: epochMillis(at) };
  throw new InvalidArgumentError(`got ${text}, wanted such as 30min, 12h, 7d or 2026-11-20`);
}

export function sinceFrom(since: Since, now: EpochMillis): EpochMillis {
  return 'at' in since ? since.at : earlier(now, since.span);
}
