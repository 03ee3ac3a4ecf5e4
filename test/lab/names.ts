/**
 * What everything in the lab is called; the same names as in the `events` folder, so that those can
 * be replayed here.
 */
export const REGION = 'eu-west-1';
export const ACCOUNT = '123456789012';
export const CLUSTER = 'shop-prod';
export const SERVICE = 'checkout-api';
export const SERVICE_ID = `${CLUSTER}/${SERVICE}`;
export const LOG_GROUP = `/ecs/${SERVICE}`;
export const TABLE = 'ecs-self-healing';
export const SERVICES_PATH = '/ecs-self-healing/services';
export const SLACK_SECRET = 'ecs-self-healing/slack-webhook';
export const TOKEN_SECRET = 'ecs-self-healing/slack-token';
export const SIGNING_SECRET = 'ecs-self-healing/slack-signing';
export const FAULT_SECRET = 'ecs-self-healing/fault-switch';
export const DRILL_TOKEN = 'lab-drill-token';
/** Signs what Slack sends here. */
export const LAB_SIGNING_SECRET = 'lab-signing-secret';

export const ERROR_RATE_ALARM = `${SERVICE}-5xx-rate`;
export const UNHEALTHY_ALARM = `${SERVICE}-unhealthy-hosts`;
export const SLOW_ALARM = `${SERVICE}-slow`;
export const HEALTHY_HOSTS_ALARM = `${SERVICE}-healthy-hosts`;
export const COMPOSITE_ALARM = `${SERVICE}-self-heal`;

/** The tier behind the guarded service, where the site has one. */
export const BACKEND = 'catalog-api';
export const BACKEND_ID = `${CLUSTER}/${BACKEND}`;
export const BACKEND_LOG_GROUP = `/ecs/${BACKEND}`;
export const BACKEND_ERROR_RATE_ALARM = `${BACKEND}-5xx-rate`;
export const BACKEND_UNHEALTHY_ALARM = `${BACKEND}-unhealthy-hosts`;
export const BACKEND_SLOW_ALARM = `${BACKEND}-slow`;
export const BACKEND_HEALTHY_HOSTS_ALARM = `${BACKEND}-healthy-hosts`;

/** Access key ids: who called, in the gateway's recording. */
export const CALLER = {
  remediate: 'LABREMEDIATE',
  notify: 'LABNOTIFY',
  respond: 'LABRESPOND',
  /** The function that runs drills. */
  rehearse: 'LABREHEARSE',
  platform: 'LABPLATFORM',
  /** The drill of this machine, and its tests. */
  drill: 'LABDRILL',
} as const;

/** Who a function of the healer is. */
export const FUNCTION_CALLER = {
  remediate: CALLER.remediate,
  notify: CALLER.notify,
  respond: CALLER.respond,
  drill: CALLER.rehearse,
} as const;

function alarmArn(name: string): string {
  return `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:${name}`;
}

export function clusterArn(): string {
  return `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/${CLUSTER}`;
}

/** What the EventBridge rule of the guarded service lets through. */
export const GUARDED_ALARMS = [
  ERROR_RATE_ALARM,
  UNHEALTHY_ALARM,
  SLOW_ALARM,
  HEALTHY_HOSTS_ALARM,
].map(alarmArn);

/** The same of the tier behind it. */
export const BACKEND_ALARMS = [
  BACKEND_ERROR_RATE_ALARM,
  BACKEND_UNHEALTHY_ALARM,
  BACKEND_SLOW_ALARM,
  BACKEND_HEALTHY_HOSTS_ALARM,
].map(alarmArn);
