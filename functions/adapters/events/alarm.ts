/** CloudWatch says one thing in three spellings; here they become one alarm. */
import * as v from 'valibot';
import type { Alarm, AlarmKind } from '../../core/delivery.ts';
import { redact, redactSecrets } from '../../core/redact.ts';
import { epochMillis } from '../../core/time.ts';
import { read } from './schema.ts';

const StateValue = v.picklist(['OK', 'ALARM', 'INSUFFICIENT_DATA']);

/** CloudWatch writes `+0000` without a colon, which strict ISO validators refuse and V8 accepts. */
const Time = v.pipe(
  v.string(),
  v.transform((text) => Date.parse(text)),
  v.number('a time such as 2026-11-20T10:03:41.516+0000'),
  v.finite('a time such as 2026-11-20T10:03:41.516+0000'),
);

/** CloudWatch's longest name has 255 characters. */
const ARN = /^arn:aws[a-z-]{0,20}:cloudwatch:[a-z0-9-]{1,30}:\d{12}:alarm:[^\p{Cc}]{1,255}$/u;

const AlarmArn = v.pipe(v.string(), v.regex(ARN, 'a CloudWatch alarm ARN'));

/** CloudWatch's longest reason has 1,023 characters, and a composite alarm has a hundred children at most. */
const REASON_MAX = 1_023;
const CHILDREN_MAX = 100;

const Reason = v.pipe(
  v.optional(v.string(), ''),
  v.transform((text) => redactSecrets(text, REASON_MAX)),
);

const State = v.looseObject({
  value: StateValue,
  reason: Reason,
  reasonData: v.optional(v.string()),
  timestamp: Time,
  actionsSuppressedBy: v.optional(v.string()),
});

/** `detail` of an EventBridge event, and `alarmData` of the direct Lambda action: the same keys. */
const AlarmData = v.looseObject({
  alarmName: v.string(),
  state: State,
  previousState: v.optional(v.looseObject({ value: StateValue })),
  configuration: v.optional(
    v.looseObject({
      alarmRule: v.optional(v.string()),
      metrics: v.optional(v.array(v.looseObject({ expression: v.optional(v.string()) }))),
    }),
  ),
});

const DirectAction = v.looseObject({
  source: v.literal('aws.cloudwatch'),
  alarmArn: AlarmArn,
  alarmData: AlarmData,
});

const EventBridge = v.looseObject({
  'detail-type': v.literal('CloudWatch Alarm State Change'),
  resources: v.tupleWithRest([AlarmArn], v.string()),
  detail: AlarmData,
});

/** SNS: PascalCase, a display name for the region, and the children of a composite in a list of their own. */
const SnsMessage = v.looseObject({
  AlarmName: v.string(),
  AlarmArn,
  NewStateValue: StateValue,
  OldStateValue: v.optional(StateValue),
  NewStateReason: Reason,
  StateChangeTime: Time,
  AlarmRule: v.optional(v.string()),
  TriggeringChildren: v.optional(v.array(v.looseObject({ Arn: v.string() })), []),
  Trigger: v.optional(
    v.looseObject({
      Metrics: v.optional(v.array(v.looseObject({ Expression: v.optional(v.string()) }))),
    }),
  ),
});

/** The alarm's own invocation of a function. @throws {event.malformed} */
export function fromDirectAction(event: unknown): Alarm {
  const { alarmArn, alarmData } = read(DirectAction, event, 'alarm event');
  return fromAlarmData(alarmArn, alarmData);
}

/** `CloudWatch Alarm State Change`. @throws {event.malformed} */
export function fromEventBridge(event: unknown): Alarm {
  const { resources, detail } = read(EventBridge, event, 'EventBridge alarm event');
  return fromAlarmData(resources[0], detail);
}

/** The parsed `Message` of a notification. @throws {event.malformed} */
export function fromSnsMessage(message: unknown): Alarm {
  const given = read(SnsMessage, message, 'SNS alarm message');
  const expressions = given.Trigger?.Metrics?.map((metric) => metric.Expression);
  return {
    ...fromArn(given.AlarmArn),
    kind: kindOf(given.AlarmRule, expressions),
    state: given.NewStateValue,
    changedAt: epochMillis(given.StateChangeTime),
    reason: given.NewStateReason,
    triggeredBy: given.TriggeringChildren.slice(0, CHILDREN_MAX).map((child) => child.Arn),
    ...(given.OldStateValue === undefined ? {} : { previousState: given.OldStateValue }),
  };
}

function fromAlarmData(arn: string, data: v.InferOutput<typeof AlarmData>): Alarm {
  const { state, previousState, configuration } = data;
  const expressions = configuration?.metrics?.map((metric) => metric.expression);
  return {
    ...fromArn(arn),
    kind: kindOf(configuration?.alarmRule, expressions),
    state: state.value,
    changedAt: epochMillis(state.timestamp),
    reason: state.reason,
    triggeredBy: triggeredBy(state.reasonData),
    ...(previousState === undefined ? {} : { previousState: previousState.value }),
    ...(state.actionsSuppressedBy === undefined ? {} : { suppressedBy: state.actionsSuppressedBy }),
  };
}

/** An alarm is what its ARN says: the name beside it in a message is never looked at. */
function fromArn(arn: string): Pick<Alarm, 'arn' | 'name' | 'region' | 'accountId'> {
  const [, , , region = '', accountId = '', , ...name] = arn.split(':');
  return { arn, name: redact(name.join(':')), region, accountId };
}

function kindOf(
  rule: string | undefined,
  expressions: readonly (string | undefined)[] | undefined,
): AlarmKind {
  if (rule !== undefined) return 'composite';
  return expressions?.some((expression) => expression !== undefined) ? 'metric-math' : 'metric';
}

const TriggeringAlarms = v.looseObject({
  triggeringAlarms: v.optional(v.array(v.looseObject({ arn: v.string() })), []),
});

/** `reasonData` is a string holding JSON, and optional: what cannot be read there is only less to tell. */
function triggeredBy(reasonData: string | undefined): readonly string[] {
  if (reasonData === undefined) return [];
  try {
    const parsed = v.safeParse(TriggeringAlarms, JSON.parse(reasonData));
    if (!parsed.success) return [];
    return parsed.output.triggeringAlarms.slice(0, CHILDREN_MAX).map((alarm) => alarm.arn);
  } catch {
    return [];
  }
}
