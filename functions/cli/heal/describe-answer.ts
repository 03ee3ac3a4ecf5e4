/** What the healer answered, in words. */
import { type Card, row } from './card.ts';
import type { Answered } from './events.ts';

const WORDS: Readonly<Record<string, Pick<Card, 'tone' | 'state'>>> = {
  'pause paused': { tone: 'good', state: 'PAUSED' },
  'pause unchanged': { tone: 'good', state: 'PAUSED' },
  'resume resumed': { tone: 'good', state: 'RESUMED' },
  'resume not-paused': { tone: 'quiet', state: 'NOT PAUSED' },
  'stop-one act': { tone: 'good', state: 'STOPPED' },
  'stop-one hold': { tone: 'waiting', state: 'NOT DONE' },
  'stop-one escalate': { tone: 'bad', state: 'NEEDS YOU' },
  'stop-one settled': { tone: 'quiet', state: 'NOT DONE' },
};

const DRY: Readonly<Record<string, Pick<Card, 'tone' | 'state'>>> = {
  act: { tone: 'waiting', state: 'WOULD STOP' },
  hold: { tone: 'quiet', state: 'WOULD HOLD' },
  escalate: { tone: 'bad', state: 'WOULD CALL YOU' },
  settled: { tone: 'quiet', state: 'NOTHING TO DO' },
};

export function describeAnswer(answer: Answered): Card {
  const { asked, verdict, reason, service, detail, incident, task, isDry } = answer;
  const key = `${asked} ${asked === 'stop-one' ? verdict : reason}`;
  return {
    ...(WORDS[key] ?? { tone: 'waiting', state: 'ANSWERED' }),
    ...(isDry === true ? DRY[verdict] : {}),
    title: `${service}: ${detail}`,
    rows: [
      ...row('reason', asked === 'stop-one' ? reason : undefined),
      ...row('task', task),
      ...row('incident', incident),
    ],
  };
}
