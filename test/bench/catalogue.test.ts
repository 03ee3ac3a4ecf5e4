import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '../drill/catalogue.ts';
import { runOurs } from './healing.ts';
import { brokenLimits } from './limits.ts';

/** Those that make something ill: alarms that are rung by hand are no part of that world. */
const CATALOGUE = loadCatalogue()
  .filter(({ level }) => level !== 'wiring')
  .map((definition) => [definition.name, definition] as const);

describe('our healer in the virtual world', () => {
  it.each(CATALOGUE)(
    '%s: keeps its promises and the limits of the definition',
    async (_, definition) => {
      const run = await runOurs(definition, '1');

      expect(run.score).toMatchObject({ wrong: 0, breaches: 0, falseClaims: 0 });
      expect(run.schedule.missed).toEqual([]);
      expect(run.healer.problems).toEqual([]);
      expect(brokenLimits(definition, run)).toEqual([]);
    },
  );
});
