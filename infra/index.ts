/** What an app may use; everything else here may change without notice. */
export { GuardedService, type GuardedServiceAttributes } from './guarded-service.ts';
export { HealerFunction } from './healing/functions.ts';
export type { ServiceAlarmOptions } from './healing/service-alarms.ts';
export type { LogFieldNames } from './healing/service-entry.ts';
export { type GuardProps, ServiceGuard } from './healing/service-guard.ts';
export { type ClusterPermissionsOptions, HealingPermissions } from './healing-permissions.ts';
export {
  type HealingAccountLimits,
  HealingMode,
  type HealingPolicy,
  SingleTask,
} from './healing-policy.ts';
export { SelfHealing } from './self-healing.ts';
export type { HealingDrills, SelfHealingProps } from './self-healing-props.ts';
export { Slack, type SlackBotOptions, SlackBroadcast, type SlackButtons } from './slack.ts';
