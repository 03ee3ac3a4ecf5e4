/** A notice as the topic carries it; a newer version of the healer may add fields. */
import * as v from 'valibot';
import type { Notice } from '../../core/notice.ts';
import { Instant, read } from './schema.ts';

const count = v.pipe(v.number(), v.minValue(0, 'a count from 0'));
const text = v.optional(v.string());

const Drill = v.looseObject({
  kind: v.literal('drill'),
  serviceId: v.string(),
  environment: v.string(),
  drillId: v.string(),
  level: v.picklist(['wiring', 'fault', 'game day']),
  lead: v.string(),
  method: v.string(),
  blastRadius: v.string(),
  stopConditions: v.array(v.string()),
  stopCommand: v.string(),
  at: Instant,
  endsBy: Instant,
  end: v.optional(
    v.looseObject({
      verdict: v.picklist(['pass', 'fail', 'aborted']),
      summary: v.string(),
      assertions: v.array(
        v.looseObject({
          name: v.string(),
          measured: v.string(),
          limit: v.string(),
          holds: v.boolean(),
        }),
      ),
      rollback: v.string(),
      reportUrl: text,
    }),
  ),
});

const Broken = v.looseObject({
  kind: v.literal('broken'),
  environment: v.string(),
  cannot: v.string(),
  code: v.string(),
  detail: v.string(),
  hint: v.string(),
  meanwhile: text,
  canWait: v.optional(v.boolean()),
  works: v.optional(v.boolean()),
  services: v.optional(count),
  since: Instant,
  at: Instant,
  alarm: v.optional(v.looseObject({ name: v.string(), arn: v.string() })),
  logsUrl: text,
  runbookUrl: text,
});

const Digest = v.looseObject({
  kind: v.literal('digest'),
  environment: v.string(),
  from: Instant,
  to: Instant,
  services: count,
  incidents: count,
  recovered: count,
  escalated: count,
  open: count,
  stops: count,
  recover: v.optional(Instant),
  drills: v.looseObject({ passed: count, run: count }),
  repeated: v.array(v.looseObject({ serviceId: v.string(), incidents: count, hint: v.string() })),
  unread: v.optional(v.array(v.looseObject({ serviceId: v.string(), why: v.string() }))),
  reportUrl: text,
});

const Published = v.looseObject({ notice: v.variant('kind', [Drill, Broken, Digest]) });

/** @throws {event.malformed} when the message is no notice of ours. */
export function openNotice(message: unknown): Notice {
  return read(Published, message, 'notice').notice as unknown as Notice;
}
