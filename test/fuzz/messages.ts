/** Valid messages of every kind: from the example events, and from the grammar of what people ask. */
import type { Random } from '../bench/world/random.ts';
import { NOW } from '../core/builders.ts';
import { deliveries, readEvent } from '../events/manifest.ts';

const GUARDED = 'shop-prod/checkout-api';
const SERVICES = [GUARDED, GUARDED, GUARDED, GUARDED, 'shop/unknown'] as const;
const INCIDENTS = ['inc-20261120-100241-0001', 'inc-20261120-100341-3f9c2k'] as const;
const SPANS = ['PT30M', 'PT2H', 'P1D', 'P7D'] as const;
const HOUR_MS = 3_600_000;

/** Every example of a delivery that is no batch, and what SNS and SQS carry in their envelopes. */
const EXAMPLES: readonly string[] = deliveries()
  .map(([name]) => readEvent(name))
  .filter((event) => !JSON.stringify(event).includes('"eventSource":"aws:sqs"'))
  .map((event) => JSON.stringify(event));

const ALARMS = EXAMPLES.filter((text) => /alarm-?arn|:alarm:/i.test(text));

/** Times of an alarm as CloudWatch writes them. */
const TIMES = /\d{4}-\d\d-\d\dT[\d:.]+(?=Z|\+0000)/g;
/** Now, some hours ago, yesterday, last year, and ahead; in hours. */
const AGES = [0, 0, 0, 1, 5.9, 6.1, 24, 8_760, -0.05, -1, -8_760] as const;

export function anAlarmMessage(random: Random): unknown {
  const text = random.pick(ALARMS);
  const at = new Date(NOW - random.pick(AGES) * HOUR_MS).toISOString().slice(0, -1);
  return JSON.parse(random.next() < 0.5 ? text : text.replace(TIMES, at));
}

export function aMessage(random: Random): unknown {
  if (random.next() < 0.4) return anAlarmMessage(random);
  if (random.next() < 0.2) return JSON.parse(random.pick(EXAMPLES));
  return random.pick(REQUESTS)(random);
}

const maybe = (random: Random, fields: object): object => (random.next() < 0.3 ? fields : {});

const aScope = (random: Random): object =>
  random.next() < 0.2 ? { all: true } : { serviceId: random.pick(SERVICES) };

const anEnd = (random: Random): object =>
  random.next() < 0.5
    ? { for: random.pick(SPANS) }
    : { until: new Date(NOW + random.between(-1, 200) * HOUR_MS).toISOString() };

const anAge = (random: Random): object =>
  maybe(random, { askedAt: new Date(NOW - random.pick(AGES) * HOUR_MS).toISOString() });

const REQUESTS: readonly ((random: Random) => object)[] = [
  (random) => ({
    kind: 'manual',
    serviceId: random.pick(SERVICES),
    requestedBy: 'ana',
    reason: 'look',
    ...maybe(random, { dryRun: random.next() < 0.5 }),
    ...maybe(random, { incidentId: random.pick(INCIDENTS) }),
    ...maybe(random, { request: 'click-1' }),
    ...anAge(random),
  }),
  (random) => ({
    kind: 'pause',
    ...aScope(random),
    by: 'ana',
    why: 'load test',
    ...anEnd(random),
    ...anAge(random),
  }),
  (random) => ({ kind: 'resume', ...aScope(random), by: 'ana', ...anAge(random) }),
  (random) => ({
    kind: 'acknowledge',
    serviceId: random.pick(SERVICES),
    incidentId: random.pick(INCIDENTS),
    by: 'ana (U0123456789)',
    ...anAge(random),
  }),
  (random) => ({
    kind: 'recheck',
    serviceId: random.pick(SERVICES),
    incidentId: random.pick(INCIDENTS),
    token: random.integer(0, 3),
  }),
  (random) => ({
    kind: 'pause-check',
    serviceId: random.pick([...SERVICES, '*']),
    pauseId: 'pause-20261120-100341-3f9c2k',
    until: NOW + random.pick([-1, 0, 1]),
  }),
  () => ({ kind: 'watchdog' }),
];
