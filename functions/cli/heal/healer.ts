/** The deployed healer, as the commands read it. Nothing in it can write or stop anything. */
import type { ObserveDeps } from '../../app/observe.ts';
import type { GuardedServices } from '../../ports/guarded-services.ts';
import type { IncidentStore } from '../../ports/incident-store.ts';
import type {
  AlarmInspector,
  IncidentHistory,
  QueueReader,
  TableReader,
} from '../../ports/operator.ts';

export interface DeployedHealer {
  readonly guarded: GuardedServices;
  readonly locks: Pick<IncidentStore, 'read' | 'readAccount'>;
  readonly history: IncidentHistory;
  readonly observing: ObserveDeps;
  readonly inspector: AlarmInspector;
  readonly queues: QueueReader;
  readonly table: TableReader;
  /** Reads where Slack posts go, a secret; absent when nobody said what holds it. */
  readonly webhook?: () => Promise<string>;
}

/** Which healer it is: what its functions have in their environment. */
export interface Place {
  readonly tableName: string;
  /** Path of the SSM parameters that list the guarded services. */
  readonly servicesPath: string;
  readonly inboxUrl?: string;
  /** Queues besides the one that the inbox itself sends to. */
  readonly deadLetterUrls: readonly string[];
  readonly slackSecretId?: string;
  readonly slackParameterName?: string;
}

/** Where AWS is; what is absent comes from the SDK's usual chain. */
export interface Connection {
  readonly region?: string;
  readonly profile?: string;
  /** The lab, or another stand-in for AWS. */
  readonly endpoint?: string;
}
