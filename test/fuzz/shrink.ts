/** Cuts an event smaller while it still breaks the same promise. */
import type { Case } from './door.ts';

/** An event is cut for a person; after so many tries it is small enough. */
const TRIES_MAX = 3_000;

export async function shrink(
  given: Case,
  isSame: (candidate: Case) => Promise<boolean>,
): Promise<Case> {
  let best = given;
  let tries = 0;
  const attempt = async (text: string): Promise<boolean> => {
    tries += 1;
    if (!(await isSame({ ...best, text }))) return false;
    best = { ...best, text };
    return true;
  };
  for (const { text } of smaller(given)) await attempt(text);
  for (let size = Math.ceil(best.text.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < best.text.length && tries < TRIES_MAX; ) {
      const isCut = await attempt(best.text.slice(0, at) + best.text.slice(at + size));
      if (!isCut) at += size;
    }
  }
  return best;
}

/** A text of JSON is cut by its fields first: most cuts in the middle make it no JSON. */
function smaller({ text, setting }: Case): readonly Case[] {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return [];
    return Object.keys(value).map((key) => {
      const rest = Object.entries(value).filter(([other]) => other !== key);
      return { text: JSON.stringify(Object.fromEntries(rest)), setting };
    });
  } catch {
    return [];
  }
}
