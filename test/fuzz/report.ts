/** What a person reads of a campaign: how far it is, what became of the events, and how to see a failure again. */
import type { Broken, Tally } from './run.ts';

const SHOWN_MAX = 2_000;

/** `120,000 of 1,000,000  3,900/s  remediate 24,000 …` */
export function spellProgress({ sent, outcomes }: Tally, events: number, ms: number): string {
  const rate = Math.round((sent / Math.max(1, ms)) * 1_000);
  const doors = [...outcomes].map(([door, counts]) => `${door} ${counts.size}`).join(', ');
  const whole = `${spell(sent)} of ${spell(events)} events  ${spell(rate)}/s`;
  return `${whole}  different outcomes: ${doors}`;
}

/** A row for each door and outcome, the most frequent first. */
export function spellOutcomes({ outcomes }: Tally): string {
  const rows = [...outcomes].flatMap(([door, counts]) =>
    [...counts]
      .toSorted(([, a], [, b]) => b - a)
      .map(([outcome, count]) => [door, outcome, spell(count)] as const),
  );
  const width = Math.max(...rows.map(([, outcome]) => outcome.length));
  return rows
    .map(
      ([door, outcome, count]) =>
        `${door.padEnd(10)} ${outcome.padEnd(width)} ${count.padStart(11)}`,
    )
    .join('\n');
}

export function spellBroken({ door, seed, what, given }: Broken): string {
  const text = given.text.length > SHOWN_MAX ? `${given.text.slice(0, SHOWN_MAX)}…` : given.text;
  const world = given.setting === '' ? '' : ` (${given.setting})`;
  return [
    `broken at door ${door}${world}: ${what}`,
    `smallest event that breaks it, ${given.text.length} characters: ${text}`,
    `see it again: npm run fuzz -- --replay ${seed} --door ${door}`,
  ].join('\n');
}

function spell(count: number): string {
  return count.toLocaleString('en-US');
}
