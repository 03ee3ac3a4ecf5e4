/** The deployed healer, as the commands see it. What changes anything is asked of its functions. */
import type { ObserveDeps } from '../../app/observe.ts';
import type { Kept } from '../../core/environment-variables.ts';
import type { GuardedServices } from '../../ports/guarded-services.ts';
import type { IncidentStore } from '../../ports/incident-store.ts';
import type {
  AlarmInspector,
  ChatInspector,
  FunctionInspector,
  FunctionInvoker,
  IncidentHistory,
  QueueReader,
  RuleReader,
  TableReader,
} from '../../ports/operator.ts';

/** What is read: nothing in it can write or stop anything. */
export interface DeployedHealer {
  readonly guarded: GuardedServices;
  readonly locks: Pick<IncidentStore, 'read' | 'readAccount'>;
  readonly history: IncidentHistory;
  readonly observing: ObserveDeps;
  readonly inspector: AlarmInspector;
  readonly queues: QueueReader;
  readonly table: TableReader;
  readonly functions: FunctionInspector;
  /** Asked to look only. */
  readonly invoker: FunctionInvoker;
  readonly rules: RuleReader;
  readonly chat: ChatInspector;
  /** Reads a secret that is kept bare, or as this field of a JSON object. */
  readonly secret: (kept: Kept, field: string) => Promise<string>;
}

/** Whom something is asked of. */
export interface AskedHealer {
  readonly invoker: FunctionInvoker;
  /** Absent when nobody said where the services are listed. */
  readonly guarded?: GuardedServices;
}

/** Which healer it is: what its functions have in their environment. */
export interface Place {
  readonly tableName: string;
  /** Path of the SSM parameters that list the guarded services. */
  readonly servicesPath: string;
  readonly inboxUrl?: string;
  /** Queues besides the one that the inbox itself sends to. */
  readonly deadLetterUrls: readonly string[];
  /** Names or ARNs, of those that were named. */
  readonly functions: {
    readonly remediate?: string;
    readonly notify?: string;
    readonly drill?: string;
  };
  /** Absent when nobody said what holds the webhook or the token. */
  readonly slack?: SlackPlace;
  /** Of Slack's Web API, where it is not Slack's own. */
  readonly slackApiUrl?: string;
  /** Whether the doctor may let remediate look. */
  readonly tries: boolean;
  /** Whether the doctor may post a test. */
  readonly postTest: boolean;
  /** Who asks. */
  readonly by: string;
}

export type SlackPlace =
  | { readonly kind: 'webhook'; readonly url: Kept }
  | { readonly kind: 'bot'; readonly token: Kept; readonly channel?: string };

/** Where AWS is; what is absent comes from the SDK's usual chain. */
export interface Connection {
  readonly region?: string;
  readonly profile?: string;
  /** The lab, or another stand-in for AWS. */
  readonly endpoint?: string;
}
