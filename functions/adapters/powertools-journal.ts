import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Entry, EntryKind } from '../core/entry.ts';
import { isHealerError } from '../core/errors.ts';
import { spellVerdict } from '../core/verdict.ts';
import { type Unreadable, unreadableIn } from '../core/watchdog.ts';
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
      // Over all services: a dashboard adds up a hundred time series at most.
      const { verdict } = record;
      metrics.singleMetric().addDimensions({ verdict }).addMetric('Verdicts', MetricUnit.Count, 1);
      metrics.addMetric('DecisionTime', MetricUnit.Milliseconds, record.durationMs);
    },
    weighed(input, verdict) {
      countUnreadable(metrics, unreadableIn(input.observation));
      const { traffic } = input.observation;
      const bytes = traffic.kind === 'read' ? traffic.value.cost.bytesScanned : undefined;
      if (bytes !== undefined) metrics.addMetric('LogBytesScanned', MetricUnit.Bytes, bytes);
      const record = { verdict: spellVerdict(verdict), input };
      const size = JSON.stringify(record).length;
      if (size <= RECORD_MAX) logger.info('weighed', record);
      else logger.info('weighed, too large to keep', { size, limit: RECORD_MAX });
    },
    looked({ service: guarded, unreadable }) {
      // By no service: each would be a metric of its own, and is named by the line.
      if (unreadable.length > 0) logger.error('cannot read', { guarded, unreadable });
      else logger.info('looked', { guarded });
      metrics.addMetric('UnreadableServices', MetricUnit.Count, unreadable.length > 0 ? 1 : 0);
      countUnreadable(metrics, unreadable);
    },
    advanced(entry) {
      for (const name of countedAs(entry)) {
        perService(metrics, entry).addMetric(name, MetricUnit.Count, 1);
      }
      const { recover } = entry.ledger;
      if (entry.kind !== 'recovered' || recover === undefined) return;
      perService(metrics, entry).addMetric('TimeToRecover', MetricUnit.Milliseconds, recover);
    },
    failed({ what, error, service }) {
      const code = isHealerError(error) ? error.code : 'unexpected';
      logger.error('failed', {
        what,
        code,
        guarded: service,
        error: error instanceof Error ? error : String(error),
      });
      countFailure(metrics, code);
    },
  };
}

function countFailure(metrics: Metrics, code: string): void {
  metrics.singleMetric().addDimensions({ code }).addMetric('Failures', MetricUnit.Count, 1);
}

/** One look fails once by each code, whatever number of sources failed by it. */
function countUnreadable(metrics: Metrics, unreadable: readonly Unreadable[]): void {
  metrics.addMetric('AbleToRead', MetricUnit.Count, unreadable.length > 0 ? 0 : 1);
  for (const code of new Set(unreadable.map((each) => each.code))) countFailure(metrics, code);
}

const COUNTED: Readonly<Partial<Record<EntryKind, string>>> = {
  held: 'Held',
  stopped: 'Stopped',
  escalated: 'Escalated',
  // Only a human can grant what is missing, so this calls one too.
  'stop-refused': 'Escalated',
  recovered: 'Recovered',
};

/** A recovery that the stop is to be thanked for is counted as healed too. */
function countedAs({ kind, outcome }: Entry): readonly string[] {
  const name = COUNTED[kind];
  if (name === undefined) return [];
  return kind === 'recovered' && outcome === 'by-stop' ? [name, 'Healed'] : [name];
}

/** Over all services, and for the service: an alarm cannot add up what a search would find. */
function perService(metrics: Metrics, { serviceId }: Entry): Metrics {
  return metrics.singleMetric().addDimensions({}).addDimensions({ guarded: serviceId });
}
