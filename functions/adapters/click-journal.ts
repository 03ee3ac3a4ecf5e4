import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { describe } from '../core/errors.ts';
import type { ClickJournal } from '../ports/clicks.ts';
import type { Journal } from '../ports/journal.ts';

/** One log line per request to the endpoint, and `Clicks` and `RefusedClicks` to watch. */
export function clickJournal(
  logger: Logger,
  metrics: Metrics,
  journal: Pick<Journal, 'failed'>,
): ClickJournal {
  return {
    clicked(record) {
      // `service` is the logger's own key, for the function.
      const { service: guarded, ...rest } = record;
      logger.info('clicked', { guarded, ...rest });
      const { action, outcome } = record;
      const single = metrics.singleMetric().addDimensions({ action, outcome });
      single.addMetric('Clicks', MetricUnit.Count, 1);
      metrics.addMetric('Clicks', MetricUnit.Count, 1);
    },
    refused({ code, status }) {
      logger.warn('refused', { code, status });
      metrics.addMetric('RefusedClicks', MetricUnit.Count, 1);
      const single = metrics.singleMetric().addDimensions({ code });
      single.addMetric('RefusedClicks', MetricUnit.Count, 1);
    },
    ignored: ({ code }) => logger.debug('ignored', { code }),
    untold: ({ action, error }) => logger.warn('untold', { action, error: describe(error) }),
    failed: (record) => journal.failed(record),
  };
}
