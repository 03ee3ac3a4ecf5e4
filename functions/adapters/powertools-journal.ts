import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { isHealerError } from '../core/errors.ts';
import { spellVerdict } from '../core/verdict.ts';
import type { Journal } from '../ports/journal.ts';

/** Characters of one recorded decision: within what CloudWatch Logs takes as one event, with room for the rest. */
const RECORD_MAX = 200_000;

/** One log line with fixed keys per decision, and its metrics in the embedded format: no call is made for either. */
export function powertoolsJournal(logger: Logger, metrics: Metrics): Journal {
  return {
    decided(record) {
      // `service` is the logger's own key, for the function.
      const { service: guarded, ...rest } = record;
      logger.info('decided', { guarded, ...rest });
      const single = metrics.singleMetric();
      single.addDimensions({
        guarded,
        verdict: record.verdict,
        reason: record.reason ?? 'none',
      });
      single.addMetric('Verdicts', MetricUnit.Count, 1);
      metrics.addMetric('DecisionTime', MetricUnit.Milliseconds, record.durationMs);
    },
    weighed(input, verdict) {
      const { traffic } = input.observation;
      const bytes = traffic.kind === 'read' ? traffic.value.cost.bytesScanned : undefined;
      if (bytes !== undefined) metrics.addMetric('LogBytesScanned', MetricUnit.Bytes, bytes);
      const record = { verdict: spellVerdict(verdict), input };
      const size = JSON.stringify(record).length;
      if (size <= RECORD_MAX) logger.info('weighed', record);
      else logger.info('weighed, too large to keep', { size, limit: RECORD_MAX });
    },
    failed({ what, error, service }) {
      const code = isHealerError(error) ? error.code : 'unexpected';
      logger.error('failed', {
        what,
        code,
        guarded: service,
        error: error instanceof Error ? error : String(error),
      });
      const single = metrics.singleMetric();
      single.addDimensions({ code });
      single.addMetric('Failures', MetricUnit.Count, 1);
    },
  };
}
