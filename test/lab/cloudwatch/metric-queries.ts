/**
 * Metric queries as alarms and GetMetricData give them: checked once, then computed from the metric
 * store.
 */
import type { MetricDataQuery, MetricStat } from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../gateway/operation.ts';
import {
  type Expression,
  evaluateExpression,
  idsIn,
  MetricMathError,
  parseExpression,
  type Series,
} from './metric-math.ts';
import {
  isStatistic,
  type MetricIdentity,
  type MetricStore,
  MINUTE_SECONDS,
} from './metric-store.ts';

interface StatQuery {
  readonly kind: 'stat';
  readonly id: string;
  readonly metric: MetricIdentity;
  readonly stat: string;
  readonly periodSeconds: number;
}

interface MathQuery {
  readonly kind: 'math';
  readonly id: string;
  readonly text: string;
  readonly expression: Expression;
}

export type CompiledQuery = (StatQuery | MathQuery) & {
  readonly label: string | undefined;
  readonly returnData: boolean;
};

/** Queries that refer to each other, all of one period. */
export interface QuerySet {
  readonly queries: readonly CompiledQuery[];
  readonly periodSeconds: number;
}

export interface Window {
  /** Number of the last minute, inclusive. */
  readonly lastMinute: number;
  /** Periods, counted back from the last minute. */
  readonly count: number;
}

const ID = /^[a-z][a-zA-Z0-9_]*$/;

export function validationError(message: string): AwsError {
  return new AwsError('ValidationError', message);
}

/** @throws {ValidationError} for anything CloudWatch would refuse or the lab cannot compute. */
export function compileQueries(queries: readonly MetricDataQuery[]): QuerySet {
  const compiled = queries.map(compileQuery);
  const ids = compiled.map(({ id }) => id);
  if (new Set(ids).size < ids.length)
    throw validationError('The values for parameter Id are not unique.');
  const periods = new Set(
    compiled.flatMap((query) => (query.kind === 'stat' ? [query.periodSeconds] : [])),
  );
  const [periodSeconds] = periods;
  if (periodSeconds === undefined) throw validationError('At least one metric is required.');
  if (periods.size > 1) throw validationError('Metrics must have the same period.');
  for (const { id } of compiled) refuseBadReferences(compiled, id, []);
  return { queries: compiled, periodSeconds };
}

/** Computes the series of one query of the set, oldest point first. */
export function computeSeries(
  store: MetricStore,
  set: QuerySet,
  id: string,
  window: Window,
): Series {
  const query = set.queries.find((candidate) => candidate.id === id);
  if (query === undefined) throw new Error(`query ${id} is not in the set`);
  if (query.kind === 'stat') {
    return store.series({ ...query, ...window }).map((point) => point?.value);
  }
  return evaluateExpression(
    query.expression,
    (operand) => computeSeries(store, set, operand, window),
    window.count,
  );
}

function compileQuery(query: MetricDataQuery): CompiledQuery {
  const { Id: id = '', Expression: text, MetricStat: metricStat, Label: label } = query;
  if (!ID.test(id)) throw validationError(`The value ${id} for parameter Id is not valid.`);
  const shared = { id, label, returnData: query.ReturnData ?? true };
  if ((text === undefined) === (metricStat === undefined)) {
    throw validationError(`Query ${id} needs exactly one of Expression and MetricStat.`);
  }
  if (metricStat !== undefined) return { ...statQuery(id, metricStat), ...shared };
  return { kind: 'math', text: text ?? '', expression: parseOrRefuse(text ?? ''), ...shared };
}

function statQuery(id: string, { Metric, Stat, Period }: MetricStat): StatQuery {
  return {
    kind: 'stat',
    id,
    metric: {
      namespace: Metric?.Namespace ?? '',
      name: Metric?.MetricName ?? '',
      dimensions: Object.fromEntries(
        (Metric?.Dimensions ?? []).map(({ Name = '', Value = '' }) => [Name, Value]),
      ),
    },
    stat: checkedStat(Stat),
    periodSeconds: checkedPeriod(Period),
  };
}

export function checkedStat(stat: string | undefined): string {
  if (stat !== undefined && isStatistic(stat)) return stat;
  throw validationError(`The value ${stat} for parameter Stat is not supported.`);
}

/**
 * Load balancer metrics come once a minute, so shorter periods would only lapse into missing data.
 */
export function checkedPeriod(period: number | undefined): number {
  if (period !== undefined && period > 0 && period % MINUTE_SECONDS === 0) return period;
  throw validationError(`The value ${period} for parameter Period is not a multiple of 60.`);
}

function parseOrRefuse(text: string): Expression {
  try {
    return parseExpression(text);
  } catch (error) {
    if (!(error instanceof MetricMathError)) throw error;
    throw validationError(`Error in expression: ${error.message}`);
  }
}

function refuseBadReferences(
  queries: readonly CompiledQuery[],
  id: string,
  path: readonly string[],
): void {
  if (path.includes(id)) throw validationError(`Expression ${id} refers to itself.`);
  const query = queries.find((candidate) => candidate.id === id);
  if (query === undefined) throw validationError(`Error in expression: unknown id ${id}.`);
  if (query.kind === 'stat') return;
  for (const operand of idsIn(query.expression)) {
    refuseBadReferences(queries, operand, [...path, id]);
  }
}
