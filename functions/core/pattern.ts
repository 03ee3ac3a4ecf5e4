/** What the ill tasks have in common, told before anybody asks which of them to stop. */
import type { TaskView } from './evidence.ts';

/**
 * - `one-zone`: the tasks of one zone are ill, and those elsewhere are not
 * - `one-revision`: the tasks of one revision are ill, and those of the others are not
 * - `scattered`: anything else, one task included
 */
export type Pattern =
  | { readonly kind: 'one-zone'; readonly zone: string }
  | { readonly kind: 'one-revision'; readonly revision: string }
  | { readonly kind: 'scattered' };

/** One ill task in a group is a task's trouble, not the group's. */
const ILL_MIN = 2;
/** In a large fleet some task looks ill, or well, by accident: so many of the group must be ill, so few outside it. */
const INSIDE_MIN = 0.8;
const OUTSIDE_MAX = 0.2;

/**
 * Names the group that explains the ill tasks: nearly all of its members are ill, and hardly anybody outside it is. For
 * groups of up to four that means all, and none.
 *
 * A revision comes before a zone: it is the likelier cause, and its remedy is at hand. When everybody is ill, no group
 * explains more than any other, and the pattern is `scattered`.
 *
 * @param present - tasks that have shown how they are.
 */
export function findPattern(present: readonly TaskView[], illIds: readonly string[]): Pattern {
  const ids = new Set(illIds);
  const ill = present.filter(({ task }) => ids.has(task.id));
  const explains = (belongs: (view: TaskView) => boolean): boolean => {
    const inside = present.filter(belongs).length;
    const illInside = ill.filter(belongs).length;
    const outside = present.length - inside;
    return (
      illInside >= ILL_MIN &&
      illInside >= INSIDE_MIN * inside &&
      outside > 0 &&
      ill.length - illInside <= OUTSIDE_MAX * outside
    );
  };
  for (const revision of new Set(ill.map(({ task }) => task.revision))) {
    if (explains(({ task }) => task.revision === revision))
      return { kind: 'one-revision', revision };
  }
  for (const zone of new Set(ill.map(({ task }) => task.zone))) {
    if (zone !== undefined && explains(({ task }) => task.zone === zone)) {
      return { kind: 'one-zone', zone };
    }
  }
  return { kind: 'scattered' };
}
