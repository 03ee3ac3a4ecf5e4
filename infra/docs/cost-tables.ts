/** What it costs: what the template makes, and what an incident calls, times the prices. */

import { COUNTED, type Counts, INCIDENT_HOURS, SECONDS_PER_INVOCATION } from './incident-calls.ts';
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
  const others: readonly Line[] = [
    at('each guarded service', perService, 'metrics', month.alarmMetric),
    at('… with two target groups', perBlueGreen, 'metrics', month.alarmMetric),
    at('… whose entry exceeds 4 kB', 1, 'parameter', month.advancedParameter),
    at('`dashboard: true`', 1, 'dashboard', month.dashboard),
  ];
  return markdownTable(
    ['per month', 'count', 'list price', 'cost'],
    [
      ...idleLines().map(cells),
      ['**the healer, idle**', '', '', `**${dollars(idleDollars())}**`],
      ...others.map(cells),
    ],
  );
}

/** A month of the healer with its defaults, without incidents and without the guarded services' own alarms. */
export function idleDollars(counts = COUNTED): number {
  return sumOf(idleLines(counts));
}

/** Seconds of Lambda, times its memory, of a month of looks. */
export function idleGbSeconds(): number {
  const one = makeSample();
  return looksPerMonth(one) * SECONDS_PER_INVOCATION * memoryGb(one);
}

function idleLines(counts = COUNTED): readonly Line[] {
  const one = makeSample();
  const own = alarmMetrics(one) - (alarmMetrics(makeSample(2)) - alarmMetrics(one));
  const keys = countOf(one, 'AWS::KMS::Key');
  const queues = countOf(one, 'AWS::Lambda::EventSourceMapping');
  const receives = queues * IDLE_RECEIVES_PER_HOUR * HOURS_PER_MONTH;
  return [
    at('alarms on the healer itself', own, 'metrics', month.alarmMetric),
    at("the topic's key", keys, 'key', month.kmsKey),
    at("the webhook's secret", 1, 'secret', month.secret),
    each('Lambda waits at its queues', receives, 'receives', million.sqsRequest),
    ...lookLines(one, counts),
  ];
}

/** What the watchdog's looks cost; nothing where the template has no clock for them. */
function lookLines(sample: Sample, { look }: Counts): readonly Line[] {
  const looks = looksPerMonth(sample);
  if (looks === 0) return [];
  return [
    each('looks of the watchdog: Lambda', looks, 'invocations', million.lambdaRequest),
    {
      ...at('…', idleGbSeconds(), 'GB-seconds', PRICES.lambdaGbSecond),
      priced: '$13.33 a million',
    },
    each('…', looks * look.alarmReads, 'alarm reads', million.cloudWatchRequest),
    each('…', looks * look.dynamoReads, 'reads', million.dynamoRead),
    each('…', looks, 'traces', million.xrayTrace),
    at('…', look.customMetrics, 'custom metrics', month.customMetric),
    {
      ...at('…', looks * look.logKilobytes, 'kB of logs', PRICES.logGbIngested / 1e6),
      priced: `${dollars(PRICES.logGbIngested)} a GB`,
    },
  ];
}

const PER_HOUR: Readonly<Record<string, number>> = { minute: 60, hour: 1, day: 1 / 24 };

/** By the template's rules with a rate, all of which have it look. */
function looksPerMonth({ template }: Sample): number {
  const rules = Object.values(template.findResources('AWS::Events::Rule'));
  const rates = rules.map((rule) =>
    /^rate\((\d+) (minute|hour|day)s?\)$/.exec(String(rule['Properties']['ScheduleExpression'])),
  );
  return rates.reduce(
    (total, rate) =>
      total +
      (rate === null ? 0 : (HOURS_PER_MONTH * (PER_HOUR[rate[2] ?? ''] ?? 0)) / Number(rate[1])),
    0,
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
  const lines = incidentLines();
  return markdownTable(
    ['per incident', 'count', 'list price', 'cost'],
    [...lines.map(cells), ['**an incident**', '', '', `**${dollars(sumOf(lines))}**`]],
  );
}

export function incidentDollars(counts = COUNTED): number {
  return sumOf(incidentLines(counts));
}

/** As it is charged, at the time that is assumed of an invocation. */
export function incidentGbSeconds({ incident: { invocations } } = COUNTED): number {
  const count = invocations.remediate + invocations.notify;
  return count * SECONDS_PER_INVOCATION * memoryGb(makeSample());
}

function incidentLines(counts = COUNTED): readonly Line[] {
  const { incident } = counts;
  const invocations = incident.invocations.remediate + incident.invocations.notify;
  const metricHours = incident.customMetrics * INCIDENT_HOURS;
  return [
    each('Lambda', invocations, 'invocations', million.lambdaRequest),
    {
      ...at('Lambda', incidentGbSeconds(counts), 'GB-seconds', PRICES.lambdaGbSecond),
      priced: '$13.33 a million',
    },
    each('DynamoDB', incident.dynamoReads, 'reads', million.dynamoRead),
    each('DynamoDB', incident.dynamoWrites, 'writes', million.dynamoWrite),
    each('SQS', incident.sqsRequests, 'requests', million.sqsRequest),
    each('SNS', incident.snsPublishes, 'publishes', million.snsPublish),
    each('KMS', incident.kmsRequests, 'requests', million.kmsRequest),
    each('CloudWatch', incident.alarmReads, 'alarm reads', million.cloudWatchRequest),
    each('Secrets Manager', incident.secretReads, 'read', million.secretRequest),
    each('X-Ray', invocations, 'traces', million.xrayTrace),
    {
      ...at('custom metrics', metricHours, 'metric-hours', month.customMetric / HOURS_PER_MONTH),
      priced: `${dollars(month.customMetric)} a month`,
    },
    {
      ...at('own logs', incident.logKilobytes, 'kB', PRICES.logGbIngested / 1e6),
      priced: `${dollars(PRICES.logGbIngested)} a GB`,
    },
  ];
}

function sumOf(lines: readonly Line[]): number {
  return lines.reduce((total, { count, price }) => total + count * price, 0);
}

function countOf({ template }: Sample, type: string): number {
  return Object.keys(template.findResources(type)).length;
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
