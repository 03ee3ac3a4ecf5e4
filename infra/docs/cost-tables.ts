/** What it costs: what the template makes, and what an incident calls, times the prices. */

import { INCIDENT } from './incident-calls.ts';
import { HOURS_PER_MONTH, IDLE_RECEIVES_PER_HOUR, PRICES } from './prices.ts';
import { markdownTable } from './regions.ts';
import { makeSample, makeSampleWith, type Sample } from './sample.ts';

interface Line {
  readonly what: string;
  readonly count: number;
  readonly unit: string;
  /** Of one unit, in dollars. */
  readonly price: number;
  /** How the price is written. */
  readonly priced: string;
}

interface AlarmProperties {
  readonly MetricName?: string;
  readonly Metrics?: readonly { readonly MetricStat?: unknown }[];
}

const { month, million } = PRICES;

/** Of a month without incidents. */
export function idleCostTable(): string {
  const one = makeSample();
  const perService = alarmMetrics(makeSample(2)) - alarmMetrics(one);
  const perBlueGreen = alarmMetrics(makeSample(1, 2)) - alarmMetrics(one) + perService;
  const own = alarmMetrics(one) - perService;
  const keys = Object.keys(one.template.findResources('AWS::KMS::Key')).length;
  const receives = IDLE_RECEIVES_PER_HOUR * HOURS_PER_MONTH;
  const healer: readonly Line[] = [
    at('alarms on the healer itself', own, 'metrics', month.alarmMetric),
    at("the topic's key", keys, 'key', month.kmsKey),
    at("the webhook's secret", 1, 'secret', month.secret),
    each('Lambda waits at the inbox', receives, 'receives', million.sqsRequest),
  ];
  const sum = healer.reduce((total, { count, price }) => total + count * price, 0);
  const others: readonly Line[] = [
    at('each guarded service', perService, 'metrics', month.alarmMetric),
    at('… with two target groups', perBlueGreen, 'metrics', month.alarmMetric),
    at('… whose entry exceeds 4 kB', 1, 'parameter', month.advancedParameter),
    at('`dashboard: true`', 1, 'dashboard', month.dashboard),
  ];
  return markdownTable(
    ['per month', 'count', 'list price', 'cost'],
    [
      ...healer.map(cells),
      ['**the healer, idle**', '', '', `**${dollars(sum)}**`],
      ...others.map(cells),
    ],
  );
}

/** Of a month, of what is not there by default. */
export function optionsCostTable(): string {
  const base = alarmMetrics(makeSample());
  const alarmsOf = (option: 'buttons' | 'drills') => alarmMetrics(makeSampleWith(option)) - base;
  const receives = IDLE_RECEIVES_PER_HOUR * HOURS_PER_MONTH;
  const lines: readonly Line[] = [
    at('`buttons`: its alarms', alarmsOf('buttons'), 'metrics', month.alarmMetric),
    at('… its signing secret', 1, 'secret', month.secret),
    at('`drills`: its alarms', alarmsOf('drills'), 'metrics', month.alarmMetric),
    each('… Lambda waits at its queue', receives, 'receives', million.sqsRequest),
    at('… its fault secret', 1, 'secret', month.secret),
  ];
  return markdownTable(['per month', 'count', 'list price', 'cost'], lines.map(cells));
}

/** Of one incident that ends with a stop and a proven recovery. */
export function incidentCostTable(): string {
  const { remediate, notify } = INCIDENT.invocations;
  const invocations = remediate + notify;
  const gbSeconds = invocations * INCIDENT.secondsPerInvocation * memoryGb(makeSample());
  const metricHours = INCIDENT.customMetrics * INCIDENT.hours;
  const lines: readonly Line[] = [
    each('Lambda', invocations, 'invocations', million.lambdaRequest),
    {
      ...at('Lambda', gbSeconds, 'GB-seconds', PRICES.lambdaGbSecond),
      priced: '$13.33 a million',
    },
    each('DynamoDB', INCIDENT.dynamoReads, 'reads', million.dynamoRead),
    each('DynamoDB', INCIDENT.dynamoWrites, 'writes', million.dynamoWrite),
    each('SQS', INCIDENT.sqsRequests, 'requests', million.sqsRequest),
    each('SNS', INCIDENT.snsPublishes, 'publishes', million.snsPublish),
    each('KMS', INCIDENT.kmsRequests, 'requests', million.kmsRequest),
    each('CloudWatch', INCIDENT.alarmReads, 'alarm reads', million.cloudWatchRequest),
    each('Secrets Manager', INCIDENT.secretReads, 'read', million.secretRequest),
    each('X-Ray', invocations, 'traces', million.xrayTrace),
    {
      ...at('custom metrics', metricHours, 'metric-hours', month.customMetric / HOURS_PER_MONTH),
      priced: `${dollars(month.customMetric)} a month`,
    },
    {
      ...at('own logs', INCIDENT.logKilobytes, 'kB', PRICES.logGbIngested / 1e6),
      priced: `${dollars(PRICES.logGbIngested)} a GB`,
    },
  ];
  const sum = lines.reduce((total, { count, price }) => total + count * price, 0);
  return markdownTable(
    ['per incident', 'count', 'list price', 'cost'],
    [...lines.map(cells), ['**an incident**', '', '', `**${dollars(sum)}**`]],
  );
}

function alarmMetrics({ template }: Sample): number {
  const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm'));
  return alarms
    .map((resource) => resource['Properties'] as AlarmProperties)
    .map(({ Metrics }) => Metrics?.filter(({ MetricStat }) => MetricStat !== undefined).length ?? 1)
    .reduce((total, count) => total + count, 0);
}

function memoryGb({ template }: Sample): number {
  const functions = Object.values(template.findResources('AWS::Lambda::Function'));
  const sizes = functions.map((resource) => Number(resource['Properties']['MemorySize']));
  return Math.max(...sizes) / 1_024;
}

function at(what: string, count: number, unit: string, price: number): Line {
  return { what, count, unit, price, priced: dollars(price) };
}

function each(what: string, count: number, unit: string, perMillion: number): Line {
  return {
    ...at(what, count, unit, perMillion / 1e6),
    priced: `${dollars(perMillion)} a million`,
  };
}

function cells({ what, count, unit, price, priced }: Line): readonly string[] {
  return [what, `${count.toLocaleString('en-US')} ${unit}`, priced, dollars(count * price)];
}

/** Cents, and below them as many digits as say something. */
function dollars(amount: number): string {
  if (amount >= 1) return `$${amount.toFixed(2)}`;
  // 0.3, 0.125 and 0.262 8: two digits, or a third that says something.
  if (amount >= 0.01) return `$${amount.toFixed(3).replace(/0$/, '')}`;
  return amount < 0.000_01 ? 'below $0.00001' : `$${amount.toFixed(5)}`;
}
