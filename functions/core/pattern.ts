/** What the ill tasks have in common, told before anybody asks which of them to stop. */
import type { TaskView } from './evidence.ts';

/**
 * - `one-zone`: every task of one zone is ill, and none elsewhere
 * - `one-revision`: every task of one revision is ill, and none of the others
 * - `scattered`: anything else, one task included
 */
export type Pattern =
  | { readonly kind: 'one-zone'; readonly zone: string }
  | { readonly kind: 'one-revision'; readonly revision: string }
  | { readonly kind: 'scattered' };

/** One ill task in a group is a task's trouble, not the group's. */
const ILL_MIN = 2;

/**
 * Names the group that explains the ill tasks: all of its members are ill, and nobody outside it is.
 *
 * A revision comes before a zone: it is the likelier cause, and its remedy is at hand. When everybody is ill, no group
 * explains more than any other, and the pattern is `scattered`.
 */
export function findPattern(views: readonly TaskView[], illIds: readonly string[]): Pattern {
  const present = views.filter(({ condition }) => condition !== 'leaving');
  const ill = present.filter(({ task }) => illIds.includes(task.id));
  const first = ill[0];
  if (first === undefined || ill.length < ILL_MIN || ill.length === present.length) {
    return { kind: 'scattered' };
  }
  const { revision, zone } = first.task;
  if (isExactly(present, ill, ({ task }) => task.revision === revision)) {
    return { kind: 'one-revision', revision };
  }
  if (zone !== undefined && isExactly(present, ill, ({ task }) => task.zone === zone)) {
    return { kind: 'one-zone', zone };
  }
  return { kind: 'scattered' };
}

function isExactly(
  present: readonly TaskView[],
  ill: readonly TaskView[],
  belongs: (view: TaskView) => boolean,
): boolean {
  return ill.every(belongs) && present.filter(belongs).length === ill.length;
}
