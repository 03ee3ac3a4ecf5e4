/**
 * The questions put to CloudWatch Logs: patterns for FilterLogEvents, queries for Logs Insights.
 */
import { HealerError } from '../../core/errors.ts';
import type { GuardedService } from '../../core/guarded-service.ts';
import type { TrafficBasis } from '../../core/observation.ts';
import { ERROR_NUMBER, ERROR_WORDS } from './log-line.ts';

/** What lines can be counted by. */
export type CountedBy = Exclude<TrafficBasis, 'none'>;

/** FilterLogEvents refuses a longer pattern. */
const PATTERN_MAX = 1_024;
/** Characters that a selector of a filter pattern takes. */
const SELECTABLE = /^[A-Za-z0-9_.-]+$/;

/**
 * Lines that have a status, or a level; every line when a name cannot be written in a pattern, such
 * as `@level`.
 *
 * A selector's dots lead into objects: a key that itself holds a dot is not found.
 *
 * @throws {config.invalid} when the service has more field names than a pattern holds.
 */
export function filterPattern({ id, logFields }: GuardedService, basis: CountedBy): string {
  const names = logFields[basis];
  if (!names.every((name) => SELECTABLE.test(name))) return '';
  const terms = names.flatMap((name) =>
    // Pino's levels are numbers, which a wildcard for text may not match.
    basis === 'status' ? [`($.${name} >= 100)`] : [`($.${name} = "*")`, `($.${name} >= 0)`],
  );
  const pattern = `{ ${terms.join(' || ')} }`;
  if (pattern.length <= PATTERN_MAX) return pattern;
  const size = `a pattern of ${pattern.length} characters, and CloudWatch takes ${PATTERN_MAX}`;
  throw new HealerError('config.invalid', `service ${id}: logFields.${basis} makes ${size}`);
}

/** Groups that one answer holds. */
export const ROWS_MAX = 10_000;
/**
 * Enough for the last errors of every task, unless one drowns the others: then it is the one we
 * look for.
 */
const ERROR_LINES_MAX = 500;

/** Its own names begin with `heal`: a name that the lines have too would mean either. */
interface Dialect {
  /** What the query calls the value that lines are counted by. */
  readonly alias: string;
  readonly counted: string;
  readonly failed: string;
  readonly groups: string;
}

const DIALECTS: Readonly<Record<CountedBy, Dialect>> = {
  status: {
    alias: 'healStatus',
    counted: 'healStatus >= 100 and healStatus < 600',
    failed: 'healStatus >= 500 and healStatus < 600',
    groups: '@logStream',
  },
  level: {
    alias: 'healLevel',
    counted: 'ispresent(healLevel)',
    failed: `healLevel >= ${ERROR_NUMBER} or healLevel like /(?i)^(${ERROR_WORDS})/`,
    groups: '@logStream, healLevel',
  },
};

/**
 * Counts per stream as `requests`, `errors`, `timed` and `slow`; by level per stream and
 * `healLevel`, without `errors`, because the reader knows levels better than a query.
 *
 * Built of what AWS's reference has, so a yes is made by arithmetic: a status divided by 500 and
 * rounded down is 1 from 500 on, and else 0. `coalesce` takes the first field that is there, even
 * one that holds no status; and a duration with its unit behind it is no number here, so it is not
 * timed.
 */
export function countQuery({ logFields, policy }: GuardedService, basis: CountedBy): string {
  const { alias, counted, groups } = DIALECTS[basis];
  const isStatus = basis === 'status';
  return [
    `fields ${oneOf(logFields[basis])} as ${alias}`,
    `fields ${oneOf(logFields.duration)} as healTook`,
    `filter ${counted}`,
    ...(isStatus ? ['fields floor(healStatus / 500) as healFailed'] : []),
    `fields healTook - ${policy.slowMs} as healOver`,
    'fields least(1, greatest(0, ceil(healOver))) as healLate',
    `stats count(*) as requests, ${isStatus ? 'sum(healFailed) as errors, ' : ''}` +
      `count(healOver) as timed, sum(healLate) as slow\n  by ${groups}`,
    `limit ${ROWS_MAX}`,
  ].join('\n| ');
}

/** The newest error lines of all streams as `@logStream` and `@message`, newest first. */
export function errorQuery({ logFields }: GuardedService, basis: CountedBy): string {
  const { alias, failed } = DIALECTS[basis];
  return [
    'fields @timestamp, @logStream, @message',
    `fields ${oneOf(logFields[basis])} as ${alias}`,
    `filter ${failed}`,
    'sort @timestamp desc',
    `limit ${ERROR_LINES_MAX}`,
  ].join('\n| ');
}

/** Backticks, since a name may hold a hyphen. */
function oneOf(names: readonly string[]): string {
  return `coalesce(${names.map((name) => `\`${name}\``).join(', ')})`;
}
