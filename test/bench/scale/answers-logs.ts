/** The logs of a bench's services: of each task so many requests, of which the first task's fail four of five. */
import * as logs from '@aws-sdk/client-cloudwatch-logs';
import type { AwsService } from '../../lab/gateway/operation.ts';
import { serviceNamed, taskArnOf, taskIdOf } from './site.ts';

const REQUESTS = 25;
const ERRORS = 20;
/** Lines of a page: more are asked for with its token. */
const PAGE = 10_000;

const streamOf = (name: string, task: number): string =>
  `app/app/${taskIdOf(taskArnOf(name, task))}`;

export function logAnswers(tasksPerService: number): AwsService {
  const queries = new Map<string, readonly logs.ResultField[][]>();
  return {
    signingName: 'logs',
    schemas: logs,
    operations: {
      FilterLogEvents: ({ logGroupName = '' }: logs.FilterLogEventsRequest) =>
        firstPage(serviceNamed(logGroupName), tasksPerService),
      StartQuery: ({ logGroupName = '', queryString = '' }: logs.StartQueryRequest) => {
        const queryId = `query-${queries.size + 1}`;
        const name = serviceNamed(logGroupName);
        const isCount = queryString.includes('stats count');
        queries.set(queryId, isCount ? countsOf(name, tasksPerService) : errorsOf(name));
        return { queryId };
      },
      GetQueryResults: ({ queryId = '' }: logs.GetQueryResultsRequest) => ({
        status: 'Complete',
        results: queries.get(queryId) ?? [],
        statistics: { bytesScanned: 1_000_000, recordsMatched: 1_000, recordsScanned: 1_000 },
      }),
    },
  };
}

function firstPage(name: string, tasks: number): logs.FilterLogEventsResponse {
  const lines = Math.min(tasks * REQUESTS, PAGE);
  const timestamp = Date.now() - 30_000;
  const events = Array.from({ length: lines }, (_, line) => ({
    logStreamName: streamOf(name, Math.floor(line / REQUESTS)),
    timestamp,
    message: JSON.stringify({ status: line < ERRORS ? 500 : 200, msg: 'request' }),
    eventId: String(line),
  }));
  return { events, ...(tasks * REQUESTS > PAGE ? { nextToken: 'more' } : {}) };
}

function rowOf(values: Readonly<Record<string, string>>): logs.ResultField[] {
  return Object.entries(values).map(([field, value]) => ({ field, value }));
}

function countsOf(name: string, tasks: number): readonly logs.ResultField[][] {
  return Array.from({ length: tasks }, (_, task) =>
    rowOf({
      '@logStream': streamOf(name, task),
      requests: String(REQUESTS),
      errors: String(task === 0 ? ERRORS : 0),
      timed: '0',
    }),
  );
}

function errorsOf(name: string): readonly logs.ResultField[][] {
  const message = JSON.stringify({ status: 500, msg: 'request' });
  return [rowOf({ '@timestamp': '0', '@logStream': streamOf(name, 0), '@message': message })];
}
