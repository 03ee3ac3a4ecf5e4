/** Words that several facts share. */
import type { IncidentState } from '../../core/incident.ts';
import type { Tone } from './card.ts';

const STATES: Readonly<Record<IncidentState, { readonly word: string; readonly tone: Tone }>> = {
  open: { word: 'OPEN', tone: 'waiting' },
  acting: { word: 'ACTING', tone: 'waiting' },
  verifying: { word: 'VERIFYING', tone: 'waiting' },
  holding: { word: 'HOLDING', tone: 'waiting' },
  escalated: { word: 'NEEDS YOU', tone: 'bad' },
  recovered: { word: 'RECOVERED', tone: 'good' },
};

/** The state of an incident, as the messages name it. */
export function spellIncident(state: IncidentState): string {
  return STATES[state].word;
}

export function toneOf(state: IncidentState): Tone {
  return STATES[state].tone;
}
