/** How long, and until when, as a person types it and as the functions read it. */
import { InvalidArgumentError } from 'commander';

const SPAN = /^(\d{1,5}) ?(m|min|h|d)$/;
const END = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;

/** @returns `PT30M`, `PT2H` or `P1D`. @throws InvalidArgumentError */
export function parseSpan(text: string): string {
  const [, number, unit] = SPAN.exec(text) ?? [];
  if (number === undefined || Number(number) === 0) {
    throw new InvalidArgumentError(`got ${text}, wanted such as 30min, 2h or 1d`);
  }
  if (unit === 'd') return `P${number}D`;
  return unit === 'h' ? `PT${number}H` : `PT${number}M`;
}

/**
 * @param text - without a zone it is the reader's own
 * @returns the same in UTC
 * @throws InvalidArgumentError
 */
export function parseEnd(text: string): string {
  const at = END.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(at)) return new Date(at).toISOString();
  throw new InvalidArgumentError(`got ${text}, wanted such as 2026-11-20T14:30Z`);
}
