/**
 * List prices in US dollars, before any free tier or discount. They are data, written down by hand:
 * AWS changes them, and they differ from Region to Region.
 *
 * @see https://aws.amazon.com/pricing/
 */
export const PRICES = {
  region: 'us-east-1',
  /** The month in which they were written down. */
  asOf: '2026-11',
  month: {
    /** For each metric that it looks at, at standard resolution. */
    alarmMetric: 0.1,
    customMetric: 0.3,
    kmsKey: 1,
    secret: 0.4,
    advancedParameter: 0.05,
    dashboard: 3,
  },
  million: {
    lambdaRequest: 0.2,
    sqsRequest: 0.4,
    snsPublish: 0.5,
    dynamoRead: 0.125,
    dynamoWrite: 0.625,
    kmsRequest: 3,
    cloudWatchRequest: 10,
    secretRequest: 5,
    xrayTrace: 5,
  },
  /** ARM. */
  lambdaGbSecond: 0.000_013_333_4,
  logGbIngested: 0.5,
  logGbQueried: 0.005,
} as const;

/** AWS counts a month as so many hours. */
export const HOURS_PER_MONTH = 730;
/** Of each mapping: Lambda holds five long polls of twenty seconds open at an idle queue. */
export const IDLE_RECEIVES_PER_HOUR = (5 * 3_600) / 20;
