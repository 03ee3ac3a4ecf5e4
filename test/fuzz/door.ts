/** A way into the healer, as the fuzzer sees it. */
import type { Random } from '../bench/world/random.ts';

/** One event, so that it can be written down, cut smaller and sent again. */
export interface Case {
  /** What is sent, before its envelope is made; need not be JSON. */
  readonly text: string;
  /** What the door does besides: which world, how it is signed. */
  readonly setting: string;
}

/** What became of it: a code for the table, or what must never happen. */
export interface Found {
  readonly outcomes: readonly string[];
  readonly broken?: string;
}

export interface Door {
  readonly name: string;
  readonly about: string;
  generate(random: Random): Case;
  send(given: Case): Promise<Found>;
}

/** Lambda takes nothing but JSON, so the function never sees the rest. */
export async function sendJson(
  text: string,
  send: (event: unknown) => Promise<Found>,
): Promise<Found> {
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch {
    return { outcomes: ['refused by Lambda: no JSON'] };
  }
  return send(event);
}
