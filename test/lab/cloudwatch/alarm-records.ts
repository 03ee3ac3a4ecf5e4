/** Alarms as CloudWatch keeps them, made from Put requests that are checked first. */
import { randomUUID } from 'node:crypto';
import type {
  ComparisonOperator,
  MetricDataQuery,
  PutCompositeAlarmInput,
  PutMetricAlarmInput,
  StateValue,
} from '@aws-sdk/client-cloudwatch';
import { type CompositeRule, CompositeRuleError, parseCompositeRule } from './composite-rule.ts';
import { type AlarmRule, type StaticComparison, TREATMENTS } from './evaluation.ts';
import {
  type CompiledQuery,
  checkedPeriod,
  checkedStat,
  compileQueries,
  type QuerySet,
  validationError,
} from './metric-queries.ts';

export interface AlarmState {
  readonly value: StateValue;
  readonly reason: string;
  readonly reasonData: string | undefined;
  readonly at: Date;
}

interface AlarmIdentity {
  readonly name: string;
  readonly arn: string;
  readonly configuredAt: Date;
  state: AlarmState;
}

export interface MetricAlarmRecord extends AlarmIdentity {
  readonly kind: 'metric';
  readonly input: PutMetricAlarmInput;
  readonly set: QuerySet;
  /** The one query whose series is compared with the threshold. */
  readonly watched: CompiledQuery;
  readonly rule: AlarmRule;
}

export interface CompositeAlarmRecord extends AlarmIdentity {
  readonly kind: 'composite';
  readonly input: PutCompositeAlarmInput;
  readonly rule: CompositeRule;
}

export type AlarmRecord = MetricAlarmRecord | CompositeAlarmRecord;

const COMPARISONS: Readonly<Partial<Record<ComparisonOperator, StaticComparison>>> = {
  GreaterThanOrEqualToThreshold: 'GreaterThanOrEqualToThreshold',
  GreaterThanThreshold: 'GreaterThanThreshold',
  LessThanThreshold: 'LessThanThreshold',
  LessThanOrEqualToThreshold: 'LessThanOrEqualToThreshold',
};

const UNSUPPORTED = ['ThresholdMetricId', 'EvaluationCriteria', 'EvaluationInterval'] as const;

/** State of an alarm nobody has evaluated yet. */
export function initialState(): AlarmState {
  return {
    value: 'INSUFFICIENT_DATA',
    reason: 'Unchecked: Initial alarm creation',
    reasonData: undefined,
    at: new Date(),
  };
}

/**
 * @throws {ValidationError} for what CloudWatch would refuse, and for what the lab does not
 * evaluate.
 */
export function metricAlarm(
  input: PutMetricAlarmInput,
  identity: Pick<AlarmIdentity, 'name' | 'arn' | 'state'>,
): MetricAlarmRecord {
  for (const name of UNSUPPORTED) {
    if (name in input && input[name as keyof PutMetricAlarmInput] !== undefined) {
      throw validationError(`${name} is not supported by the lab.`);
    }
  }
  const set = querySetOf(input);
  const [watched, ...others] = set.queries.filter(({ returnData }) => returnData);
  if (watched === undefined || others.length > 0) {
    throw validationError('Exactly one element of the metrics list should return data.');
  }
  return {
    ...identity,
    kind: 'metric',
    configuredAt: new Date(),
    input,
    set,
    watched,
    rule: ruleOf(input),
  };
}

function querySetOf(input: PutMetricAlarmInput): QuerySet {
  if (input.Metrics !== undefined) {
    if (input.MetricName !== undefined) {
      throw validationError('Metrics list and MetricName are mutually exclusive.');
    }
    return compileQueries(input.Metrics);
  }
  if (input.MetricName === undefined || input.Namespace === undefined) {
    throw validationError('MetricName and Namespace are required without a metrics list.');
  }
  const query: MetricDataQuery = {
    // Ids of a query start with a letter; the id CloudWatch shows in events is made up there as
    // well.
    Id: `m${randomUUID().replaceAll('-', '')}`,
    MetricStat: {
      Metric: {
        Namespace: input.Namespace,
        MetricName: input.MetricName,
        Dimensions: input.Dimensions,
      },
      Stat: checkedStat(input.Statistic ?? input.ExtendedStatistic),
      Period: checkedPeriod(input.Period),
    },
  };
  return compileQueries([query]);
}

function ruleOf(input: PutMetricAlarmInput): AlarmRule {
  const { EvaluationPeriods: evaluationPeriods = 0, Threshold: threshold } = input;
  const datapointsToAlarm = input.DatapointsToAlarm ?? evaluationPeriods;
  const comparison = input.ComparisonOperator && COMPARISONS[input.ComparisonOperator];
  const treatMissingData = TREATMENTS.find(
    (name) => name === (input.TreatMissingData ?? 'missing'),
  );
  if (threshold === undefined) throw validationError('Threshold is required.');
  if (comparison === undefined) {
    throw validationError(`ComparisonOperator ${input.ComparisonOperator} is not supported.`);
  }
  if (treatMissingData === undefined) {
    throw validationError(`TreatMissingData ${input.TreatMissingData} is not valid.`);
  }
  if (evaluationPeriods < 1 || datapointsToAlarm < 1 || datapointsToAlarm > evaluationPeriods) {
    throw validationError('DatapointsToAlarm must be from 1 to EvaluationPeriods.');
  }
  return { comparison, threshold, evaluationPeriods, datapointsToAlarm, treatMissingData };
}

/** @throws {ValidationError} for a rule that cannot be parsed, and for an actions suppressor. */
export function compositeAlarm(
  input: PutCompositeAlarmInput,
  identity: Pick<AlarmIdentity, 'name' | 'arn' | 'state'>,
): CompositeAlarmRecord {
  if (input.ActionsSuppressor !== undefined) {
    throw validationError('ActionsSuppressor is not supported by the lab.');
  }
  const rule = parseRule(input.AlarmRule ?? '');
  return { ...identity, kind: 'composite', configuredAt: new Date(), input, rule };
}

function parseRule(text: string): CompositeRule {
  try {
    return parseCompositeRule(text);
  } catch (error) {
    if (!(error instanceof CompositeRuleError)) throw error;
    throw validationError(`AlarmRule must not be invalid: ${error.message}`);
  }
}
