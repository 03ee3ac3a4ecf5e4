import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as v from 'valibot';
import type { DrillResult } from '../../core/digest.ts';
import { HealerError } from '../../core/errors.ts';
import { type Incident, incidentId } from '../../core/incident.ts';
import { type EpochMillis, epochMillis } from '../../core/time.ts';
import type { WeekHistory } from '../../ports/week-history.ts';
import { incidentHistory } from './incident-history.ts';
import { queryAll } from './query-all.ts';

const time = v.pipe(v.number(), v.finite());

/** What a digest counts of an incident. */
const Counted = v.looseObject({
  id: v.string(),
  state: v.picklist(['open', 'acting', 'verifying', 'holding', 'escalated', 'recovered']),
  openedAt: time,
  alarmSince: time,
  reopened: v.number(),
  seq: v.number(),
  stopped: v.number(),
  stoppedAt: v.optional(time),
  escalated: v.optional(v.looseObject({ reason: v.string(), at: time })),
  recoveredAt: v.optional(time),
});

const Lock = v.looseObject({ incident: v.optional(Counted) });

/** What a digest counts of a drill. */
const Drill = v.looseObject({
  phase: v.string(),
  phaseSince: time,
  verdict: v.optional(v.string()),
});

/** Reads what is kept of each service in two bounded queries, of the time asked for and no more. */
export function weekHistory(client: DynamoDBClient, tableName: string): WeekHistory {
  const { timeline } = incidentHistory(client, tableName);
  return {
    timeline,
    async week(serviceId, since, signal) {
      const range = (first: string, last: string): Promise<readonly Item[]> =>
        query(client, { tableName, pk: `SERVICE#${serviceId}`, first, last }, signal);
      const [drills, incidents] = await Promise.all([
        range(`DRILL#drill-${daysOf(since)}`, 'DRILL#drill-~'),
        // LOCK comes after every INCIDENT#: one range has the newest incidents, and the one that is open.
        range(`INCIDENT#inc-${daysOf(since)}`, 'LOCK'),
      ]);
      return {
        serviceId,
        incidents: newestOfEach(incidents.flatMap((item) => incidentIn(item, serviceId))),
        drills: drills.flatMap((item) => drillIn(item, serviceId)),
      };
    },
  };
}

type Item = Record<string, AttributeValue>;

/** The beginning that ids have of what began at that time: `20261120-100341`. */
function daysOf(since: EpochMillis): string {
  const [, day, second] = incidentId(since, '').split('-');
  return `${day}-${second}`;
}

interface Range {
  readonly tableName: string;
  readonly pk: string;
  readonly first: string;
  readonly last: string;
}

async function query(
  client: DynamoDBClient,
  { tableName, pk, first, last }: Range,
  abortSignal: AbortSignal,
): Promise<readonly Item[]> {
  const input = {
    TableName: tableName,
    KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
    ExpressionAttributeValues: { ':pk': { S: pk }, ':first': { S: first }, ':last': { S: last } },
  };
  return queryAll(client, input, abortSignal);
}

function incidentIn(item: Item, serviceId: string): readonly Incident[] {
  const key = item['sk']?.S ?? '';
  if (key === 'LOCK') {
    const { incident } = read(Lock, item, `lock item of ${serviceId}`);
    return incident === undefined ? [] : [incident as unknown as Incident];
  }
  if (!key.startsWith('INCIDENT#')) return [];
  return [read(Counted, item, `incident of ${serviceId}`) as unknown as Incident];
}

function drillIn(item: Item, serviceId: string): readonly DrillResult[] {
  const { phase, phaseSince, verdict } = read(Drill, item, `drill of ${serviceId}`);
  if (phase !== 'ended') return [];
  return [{ endedAt: epochMillis(phaseSince), passed: verdict === 'pass' }];
}

/** The lock has the open incident too, and may be ahead of what was kept of it. */
function newestOfEach(incidents: readonly Incident[]): readonly Incident[] {
  const byId = new Map<string, Incident>();
  for (const incident of incidents) {
    const known = byId.get(incident.id);
    if (known === undefined || known.seq <= incident.seq) byId.set(incident.id, incident);
  }
  return [...byId.values()];
}

/** @throws {store.malformed} when the item is not one of ours. */
function read<const S extends v.GenericSchema>(
  schema: S,
  item: Item,
  what: string,
): v.InferOutput<S> {
  const parsed = v.safeParse(schema, unmarshall(item));
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const field = v.getDotPath(issue) ?? 'item';
  throw new HealerError('store.malformed', `${what}: ${field}: ${issue.message}`);
}
