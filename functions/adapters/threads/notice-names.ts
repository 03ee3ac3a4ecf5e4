import type { Notice } from '../../core/notice.ts';
import { type EpochMillis, epochMillis, iso } from '../../core/time.ts';

interface NoticeName {
  /** The same for all that is told of one drill. */
  readonly threadId: string;
  /** Unique for ever. */
  readonly id: string;
  readonly state: string;
  readonly at: EpochMillis;
}

/** By which a notice that is delivered again is known. */
export function nameNotice(notice: Notice): NoticeName {
  if (notice.kind === 'drill') {
    const { drillId: threadId, at, end } = notice;
    const state = end === undefined ? 'started' : end.verdict;
    return { threadId, id: `${threadId}#${state}`, state, at: epochMillis(at) };
  }
  const { kind, environment } = notice;
  const at = epochMillis(kind === 'digest' ? notice.to : notice.at);
  const state = kind === 'broken' && notice.works === true ? 'mended' : kind;
  // The calendar may ring twice for one week, and each time it looks anew.
  const about = kind === 'digest' ? iso(at).slice(0, 10) : `${notice.code}-${iso(at)}`;
  const threadId = `${state}-${environment}-${about}`;
  return { threadId, id: threadId, state, at };
}
