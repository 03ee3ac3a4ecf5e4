import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { summaryOf } from '../core/drill/result.ts';
import type { DrillState } from '../core/drill/state.ts';
import { isHealerError } from '../core/errors.ts';
import type { DrillLog } from '../ports/drill.ts';

/** One log line per phase of a drill; what it came to is counted, so that an alarm can miss it. */
export function powertoolsDrillLog(logger: Logger, metrics: Metrics): DrillLog {
  return {
    advanced(state) {
      logger.info('drill', named(state));
    },
    concluded(state) {
      logger.info('drill', { ...named(state), verdict: state.verdict, summary: summaryOf(state) });
      const name = state.verdict === 'pass' ? 'DrillsPassed' : 'DrillsFailed';
      metrics.addMetric(name, MetricUnit.Count, 1);
    },
    failed({ what, error, service }) {
      const code = isHealerError(error) ? error.code : 'unexpected';
      const told = error instanceof Error ? error : String(error);
      logger.error('failed', { what, code, guarded: service, error: told });
      const single = metrics.singleMetric();
      single.addDimensions({ code });
      single.addMetric('Failures', MetricUnit.Count, 1);
    },
  };
}

/** `service` and `level` are the logger's own keys, for the function and for how grave a line is. */
function named({ id, serviceId, definition, level, phase, by, abort }: DrillState) {
  const { name } = definition;
  return { drill: id, guarded: serviceId, definition: name, drillLevel: level, phase, by, abort };
}
