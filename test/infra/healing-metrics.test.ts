/** The metrics that the construct names are those that the functions write. */
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { afterEach, expect, test, vi } from 'vitest';
import { powertoolsJournal } from '../../functions/adapters/powertools-journal.ts';
import { METRICS_NAMESPACE } from '../../functions/core/environment.ts';
import { HealerError } from '../../functions/core/errors.ts';
import { failureMetric } from '../../infra/healing/own-alarms.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

test('a failure is counted where its alarm looks', () => {
  const written: string[] = [];
  // Powertools writes past the console that a test can listen to, unless it is told so.
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  vi.spyOn(console, 'log').mockImplementation((line: string) => written.push(line));
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const metrics = new Metrics({ namespace: METRICS_NAMESPACE, serviceName: 'remediate' });
  const error = new HealerError('dependency.refused', 'denied');

  powertoolsJournal(new Logger(), metrics).failed({ what: 'read', error });

  const metric: Metric = failureMetric('remediate', 'dependency.refused');
  const line = written.find((text) => text.includes('Failures')) ?? '{}';
  const { _aws, ...values } = JSON.parse(line) as { readonly _aws?: unknown };
  expect(JSON.stringify(_aws)).toContain(metric.namespace);
  expect(values).toEqual({ Failures: 1, ...metric.dimensions });
});
