/** The machine-readable record of a drill, in Chaos Toolkit's terms and with its set of states. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type DrillJournal, JOURNAL_SCHEMA } from '../../functions/core/drill/journal.ts';
import type { Entry } from '../../functions/core/entry.ts';
import type { LabEvent } from '../lab/events.ts';
import type { Usage } from '../lab/iam/authorizer.ts';
import type { DecisionCost } from './decisions.ts';
import type { Definition, Tier } from './definition.ts';
import type { FaultSpan } from './fault-log.ts';
import type { Answer } from './load.ts';
import type { Row } from './verdict.ts';

/** `aborted`: it could not be run as meant, such as a service that was not steady at the start. */
export type DrillStatus = 'completed' | 'failed' | 'aborted';

export interface Activity {
  readonly type: 'action' | 'probe';
  readonly name: string;
  readonly status: 'succeeded' | 'failed';
  readonly start: string;
  readonly end: string;
  readonly exception?: string;
}

export interface TierState {
  /** Healthy tasks, and how many there should be. */
  readonly healthy: number;
  readonly desired: number;
  /** State of the incident, with the reason of a hold; `none` without one. */
  readonly incident: string;
}

/** How things stood with checkout-api once a second, for what no event tells. */
export interface StateSample extends TierState {
  /** Epoch milliseconds. */
  readonly at: number;
  /** The same of the tier behind, where the site has one. */
  readonly backend?: TierState;
}

/** What a task is, beside what became of it. */
export interface TaskPlace {
  readonly arn: string;
  readonly tier: Tier;
  /** Such as `eu-west-1a`. */
  readonly zone: string;
  /** Such as `checkout-api:2`. */
  readonly revision: string;
}

export { JOURNAL_SCHEMA };

export interface Journal {
  readonly schema: typeof JOURNAL_SCHEMA;
  /** Version of this tool; absent in journals of before it was kept. */
  readonly version?: string;
  readonly node: string;
  readonly platform: string;
  /** The definition as it was run. */
  readonly experiment: Definition;
  readonly healer: boolean;
  /** Of a drill in AWS: whom it drilled, who started it, and why it ended early. */
  readonly drill?: DrillJournal['drill'];
  /** The file that the healer was deployed from; absent where the lab wired it by itself. */
  readonly template?: string;
  /** Of the functions' roles: what this drill needed, and what it did not. */
  readonly permissions?: Usage;
  /** AWS's periods were divided by it. */
  readonly timeFactor: number;
  readonly status: DrillStatus;
  /** Whether a limit was broken; absent for a control run, which is not judged. */
  readonly deviated?: boolean;
  readonly start: string;
  readonly end: string;
  /** Seconds of wall time. */
  readonly duration: number;
  readonly steady_states: { readonly before: Activity };
  readonly run: readonly Activity[];
  readonly rollbacks: readonly Activity[];
  readonly rows: readonly Row[];
  readonly requests: {
    readonly perSecond: number;
    readonly sent: number;
    readonly failed: number;
    readonly byStatus: Readonly<Record<string, number>>;
    /** From the fault to the end of the drill. */
    readonly sinceFault: { readonly sent: number; readonly failed: number };
    /** Every answer in the order in which they came. */
    readonly answers: readonly Answer[];
  };
  /** What each decision of the healer cost in calls and round trips. */
  readonly decisions: readonly DecisionCost[];
  readonly faultAt?: string;
  /** ARNs of the tasks that the drill made ill. */
  readonly illTasks: readonly string[];
  /** When something was broken by the drill; epoch milliseconds. */
  readonly faults: readonly FaultSpan[];
  readonly states: readonly StateSample[];
  /** Every task that was ever started; absent in journals of before they were kept. */
  readonly tasks?: readonly TaskPlace[];
  /** Of every service's incidents, oldest first. */
  readonly timeline: readonly Entry[];
  /** Messages as Slack took them. */
  readonly messages: readonly unknown[];
  /** Everything that happened in the lab, and each API call with its caller. */
  readonly events: readonly LabEvent[];
}

/** @returns the file it was written to. */
export async function writeJournal(journal: Journal, folder: string): Promise<string> {
  const stamp = journal.start.replace(/[:.]/g, '-');
  const run = path.join(folder, `${journal.experiment.name}-${stamp}`);
  await mkdir(run, { recursive: true });
  const file = path.join(run, 'journal.json');
  await writeFile(file, `${JSON.stringify(journal, undefined, 1)}\n`);
  return file;
}
