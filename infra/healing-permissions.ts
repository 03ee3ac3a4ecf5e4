/** What the healer's role may look at and stop, and when that is decided. */
import { Token } from 'aws-cdk-lib';

/** What belongs to the services of some clusters. */
export interface ClusterPermissionsOptions {
  /**
   * Names of the log groups of the services; `*` and `?` stand for any characters and for any one.
   *
   * @default - none: then a task that fails requests while its health checks pass cannot be told
   * from its peers
   */
  readonly logGroups?: string[];
  /**
   * Names of the alarms that drills may ring; `*` and `?` stand for any characters and for any one.
   *
   * @default - those of the services that are guarded in the healer's stack
   */
  readonly alarms?: string[];
}

/** How the healer comes by its rights; made by its static methods. */
export class HealingPermissions {
  /**
   * Exactly what the guarded services need: their clusters' tasks, the services, their log groups.
   *
   * They grow with each service and end at a good hundred, by the size of a role's policies. The
   * healer's stack then refers to the stacks of the services, so guards are in the healer's stack.
   */
  static eachService(): HealingPermissions {
    return new HealingPermissions([], [], []);
  }

  /**
   * Whole clusters, given up front: for hundreds of services, and for guards in the stacks of their
   * services.
   *
   * @param names - of the clusters, such as `shop` or `shop-*`; `*` and `?` stand for any
   * characters and for any one. Tasks of these clusters can be stopped, of no others.
   */
  static clusters(names: string[], options: ClusterPermissionsOptions = {}): HealingPermissions {
    if (names.length === 0) {
      throw new Error("HealingPermissions.clusters: got no name, wanted one or more: ['shop-*']");
    }
    for (const name of names) refuseName('clusters', name, CLUSTER);
    const { logGroups = [], alarms = [] } = options;
    for (const name of logGroups) refuseName('logGroups', name, LOG_GROUP);
    for (const name of alarms) refuseName('alarms', name, ALARM);
    return new HealingPermissions(names, logGroups, alarms);
  }

  /** Names of clusters, or patterns; empty where each service brings its own. */
  readonly clusterNames: string[];
  /** Names of log groups, or patterns. */
  readonly logGroupNames: string[];
  /** Names of alarms that drills may ring, or patterns. */
  readonly alarmNames: string[];

  private constructor(clusterNames: string[], logGroupNames: string[], alarmNames: string[]) {
    this.clusterNames = [...clusterNames];
    this.logGroupNames = [...logGroupNames];
    this.alarmNames = [...alarmNames];
  }
}

interface Wanted {
  readonly characters: RegExp;
  readonly example: string;
}

const CLUSTER: Wanted = {
  characters: /^[A-Za-z0-9_*?-]{1,255}$/,
  example: "the name of a cluster, not its ARN, or the beginning of names: 'shop-*'",
};
const LOG_GROUP: Wanted = {
  characters: /^[A-Za-z0-9_./#*?-]{1,512}$/,
  example: "the name of a log group, not its ARN, or the beginning of names: '/ecs/*'",
};

const ALARM: Wanted = {
  // CloudWatch takes any character; the usual ones leave no doubt about where a name ends.
  characters: /^[A-Za-z0-9 _./#*?()-]{1,255}$/,
  example: "the name of an alarm, not its ARN, or the beginning of names: 'shop-*'",
};

/** A pattern without a single letter is every task, log or alarm of the account. */
function refuseName(field: string, name: string, { characters, example }: Wanted): void {
  if (Token.isUnresolved(name)) return;
  if (characters.test(name) && /[A-Za-z0-9]/.test(name)) return;
  throw new Error(`HealingPermissions.clusters: ${field}: got '${name}', wanted ${example}`);
}
