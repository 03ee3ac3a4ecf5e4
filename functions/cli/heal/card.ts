/** One fact as a person reads it, before it is known on what. */
import type { EpochMillis } from '../../core/time.ts';

export type Tone = 'good' | 'bad' | 'waiting' | 'quiet';

export interface Row {
  readonly label: string;
  readonly text: string;
}

export interface Card {
  readonly tone: Tone;
  /** State as a word: colour and shape only repeat it. */
  readonly state: string;
  readonly title: string;
  /** When it happened; absent for what is so now. */
  readonly at?: EpochMillis;
  readonly rows: readonly Row[];
}

/** How an instant is written for this reader. */
export type Tell = (at: EpochMillis) => string;

/** @returns a row, or none where there is nothing to say. */
export function row(label: string, text: string | undefined): readonly Row[] {
  return text === undefined || text === '' ? [] : [{ label, text }];
}
