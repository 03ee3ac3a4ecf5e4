import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { afterEach, expect, test, vi } from 'vitest';
import { powertoolsDrillLog } from '../../functions/adapters/powertools-drill-log.ts';
import { WIRING } from '../../functions/core/drill/built-in.ts';
import { newDrill } from '../../functions/core/drill/plan.ts';
import { abort, type DrillState } from '../../functions/core/drill/state.ts';
import { drillVariables } from '../../functions/core/environment-drill.ts';
import { aService, NOW } from '../core/builders.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const asked = { id: 'drill-1', definition: WIRING, by: 'ana', request: 'r', scheduled: false };
const begun = newDrill({ ...asked, allowProduction: false }, aService(), NOW);
const passed: DrillState = { ...begun, phase: 'ended', verdict: 'pass' };
const refused: DrillState = {
  ...abort(begun, 'production', 'got prod, wanted allowProduction: true', NOW),
  verdict: 'aborted',
};

/** Lines that the function writes, in the environment that the construct gives it. */
function linesOf(state: DrillState): readonly Readonly<Record<string, unknown>>[] {
  const place = { tableName: 't', topicArn: 't', servicesPath: '/s', queueUrl: 'q', faultUrls: {} };
  const variables = drillVariables({ ...place, mayDrillProduction: false });
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  // Powertools writes past the console that a test can listen to, unless it is told so.
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  const written: string[] = [];
  for (const stream of ['log', 'info', 'warn', 'error'] as const) {
    vi.spyOn(console, stream).mockImplementation((line: string) => written.push(line));
  }
  const metrics = new Metrics();
  powertoolsDrillLog(new Logger(), metrics).concluded(state);
  metrics.publishStoredMetrics();
  return written.map((line) => JSON.parse(line) as Record<string, unknown>);
}

test.for<readonly [string, DrillState, string]>([
  ['that passed', passed, 'DrillsPassed'],
  ['that was refused', refused, 'DrillsFailed'],
])('a drill %s is counted where the alarm looks, and logged once', ([, state, metric]) => {
  const [line, counted, ...more] = linesOf(state);

  expect(more).toEqual([]);
  expect(line).toMatchObject({ level: 'INFO', drill: 'drill-1', drillLevel: 'wiring' });
  expect(counted).toMatchObject({
    service: 'drill',
    [metric]: 1,
    _aws: {
      CloudWatchMetrics: [
        { Namespace: 'EcsSelfHealing', Dimensions: [['service']], Metrics: [{ Name: metric }] },
      ],
    },
  });
});
