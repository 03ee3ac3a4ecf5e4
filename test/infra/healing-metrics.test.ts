/** The metrics that the construct names are those that the functions write. */
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { powertoolsJournal } from '../../functions/adapters/powertools-journal.ts';
import type { Entry } from '../../functions/core/entry.ts';
import { METRICS_NAMESPACE } from '../../functions/core/environment-variables.ts';
import { HealerError } from '../../functions/core/errors.ts';
import { durationMillis } from '../../functions/core/time.ts';
import type { Journal } from '../../functions/ports/journal.ts';
import { bundle } from '../../infra/bundle.ts';
import { failureMetric } from '../../infra/healing/failure-alarms.ts';
import type { SelfHealing } from '../../infra/self-healing.ts';
import { anEntry, anObservation, NOW } from '../core/builders.ts';
import { aSite } from './a-healed-app.ts';

let healing: SelfHealing;

beforeAll(async () => {
  await bundle();
  healing = aSite().healing;
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

interface Line {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
  readonly [key: string]: unknown;
}

/**
 * What CloudWatch makes of the lines that the journal writes: a value for each metric under each of
 * its sets of dimensions.
 */
function countedBy(write: (journal: Journal) => void): Readonly<Record<string, unknown>> {
  const written: string[] = [];
  // Powertools writes past the console that a test can listen to, unless it is told so.
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  vi.spyOn(console, 'log').mockImplementation((line: string) => written.push(line));
  vi.spyOn(console, 'info').mockImplementation(() => undefined);
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const metrics = new Metrics({ namespace: METRICS_NAMESPACE, serviceName: 'remediate' });
  write(powertoolsJournal(new Logger(), metrics));
  metrics.publishStoredMetrics();
  const lines = written
    .filter((text) => text.includes('CloudWatchMetrics'))
    .map((text) => JSON.parse(text) as Line);
  return Object.fromEntries(lines.flatMap(valuesOf));
}

function valuesOf(line: Line): readonly (readonly [string, unknown])[] {
  return line._aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics: found }) =>
    Dimensions.flatMap((names) =>
      found.map(({ Name }) => {
        const dimensions = Object.fromEntries(names.map((name) => [name, line[name]]));
        return [keyOf(Namespace, Name, dimensions), line[Name]] as const;
      }),
    ),
  );
}

function keyOf(namespace: string, name: string, dimensions: object): string {
  const sorted = Object.entries(dimensions).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `${namespace} ${name} ${sorted.map((pair) => pair.join('=')).join(' ')}`;
}

const keyFor = ({ namespace, metricName, dimensions = {} }: Metric): string =>
  keyOf(namespace, metricName, dimensions);

const ofOne = { dimensionsMap: { guarded: anEntry().serviceId } };

describe('what the construct names is what the functions count', () => {
  test('for a failure, where its alarm looks', () => {
    const error = new HealerError('dependency.refused', 'denied');
    const counted = countedBy((journal) => journal.failed({ what: 'read', error }));

    expect(counted).toEqual({ [keyFor(failureMetric('remediate', 'dependency.refused'))]: 1 });
    expect(keyFor(healing.metricFailures('dependency.refused'))).toBe(Object.keys(counted)[0]);
  });

  test('for a look of the watchdog, where its alarms look', () => {
    const failed = { source: 'tasks', code: 'dependency.refused', message: 'denied' };
    const twice = [failed, { ...failed, source: 'service' }];
    const service = 'shop/api';
    const sees = countedBy((journal) => journal.looked({ service, unreadable: [] }));
    const blind = countedBy((journal) => journal.looked({ service, unreadable: twice }));

    const [able, unreadable] = [healing.metricAbleToRead(), healing.metricUnreadableServices()];
    expect(sees).toEqual({ [keyFor(able)]: 1, [keyFor(unreadable)]: 0 });
    expect(blind).toEqual({
      [keyFor(able)]: 0,
      [keyFor(unreadable)]: 1,
      [keyFor(failureMetric('remediate', 'dependency.refused'))]: 1,
    });
    for (const [id, metric] of [
      ['Blind', able],
      ['HalfBlind', unreadable],
    ] as const) {
      const alarm = healing.ownAlarms.find(({ node }) => node.id === id)?.metric as Metric;
      expect(keyFor(alarm)).toBe(keyFor(metric));
    }
  });

  test('for a decision on what could not all be read, as its failures', () => {
    const failed = { kind: 'unreadable', code: 'dependency.refused', message: 'denied' } as const;
    const observation = { ...anObservation(), targets: failed };
    const input = { observation } as Parameters<Journal['weighed']>[0];
    const verdict = { kind: 'hold', reason: 'unreadable', until: NOW, detail: '' } as const;
    const counted = countedBy((journal) => journal.weighed(input, verdict));

    expect(counted).toEqual({
      [keyFor(healing.metricAbleToRead())]: 0,
      [keyFor(failureMetric('remediate', 'dependency.refused'))]: 1,
    });
  });

  test('for a decision, by service and over all', () => {
    const decision = { service: 'shop/api', trigger: 'alarm', detail: 'x', version: 1 } as const;
    const counted = countedBy((journal) =>
      journal.decided({ ...decision, verdict: 'hold', reason: 'settling', durationMs: 120 }),
    );

    const guard = { serviceId: 'shop/api' } as Parameters<SelfHealing['metricVerdicts']>[0];
    const overAll = { service: 'remediate', verdict: 'hold' };
    expect(counted).toEqual({
      [keyFor(healing.metricVerdicts(guard, 'hold', 'settling'))]: 1,
      [keyOf(METRICS_NAMESPACE, 'Verdicts', overAll)]: 1,
      [keyFor(healing.metricDecisionTime())]: 120,
    });
  });

  test.each<[Partial<Entry>, () => readonly Metric[]]>([
    [{ kind: 'held' }, () => [healing.metricHeld(), healing.metricHeld(ofOne)]],
    [{ kind: 'stopped' }, () => [healing.metricStopped(), healing.metricStopped(ofOne)]],
    [{ kind: 'escalated' }, () => [healing.metricEscalated(), healing.metricEscalated(ofOne)]],
    [{ kind: 'stop-refused' }, () => [healing.metricEscalated(), healing.metricEscalated(ofOne)]],
    [
      { kind: 'recovered', outcome: 'anyway', ledger: {} },
      () => [healing.metricRecovered(), healing.metricRecovered(ofOne)],
    ],
    [{ kind: 'opened' }, () => []],
    [{ kind: 'claimed' }, () => []],
  ])('for the step %j of an incident', (step, metrics) => {
    const counted = countedBy((journal) => journal.advanced(anEntry(step)));

    expect(counted).toEqual(Object.fromEntries(metrics().map((metric) => [keyFor(metric), 1])));
  });

  test('for a recovery that a stop is to be thanked for, with its time', () => {
    const ledger = { recover: durationMillis(184_000) };
    const entry = anEntry({ kind: 'recovered', outcome: 'by-stop', ledger });
    const counted = countedBy((journal) => journal.advanced(entry));

    expect(counted).toEqual({
      [keyFor(healing.metricRecovered())]: 1,
      [keyFor(healing.metricRecovered(ofOne))]: 1,
      [keyFor(healing.metricHealed())]: 1,
      [keyFor(healing.metricHealed(ofOne))]: 1,
      [keyFor(healing.metricTimeToRecover())]: 184_000,
      [keyFor(healing.metricTimeToRecover(ofOne))]: 184_000,
    });
  });
});
