/** The words for quiet that a person asked for, and for its end. */
import { ALL_SERVICES } from '../../core/delivery.ts';
import type { Entry } from '../../core/entry.ts';
import { type DurationMillis, spell } from '../../core/time.ts';
import type { Headline } from './headline.ts';

/** @param named - the service as other messages name it. */
export function pauseHeadline(entry: Entry, named: string): Headline {
  const name = entry.serviceId === ALL_SERVICES ? `all services (${entry.environment})` : named;
  return entry.kind === 'paused' ? paused(entry, name) : resumed(entry, name);
}

function paused(entry: Entry, name: string): Headline {
  const { at, until, detail, trigger } = entry;
  const span =
    until === undefined ? '' : ` for ${spell(Math.max(0, until - at) as DurationMillis)}`;
  return {
    emoji: ':zzz:',
    state: 'PAUSED',
    color: 'grey',
    sentence: `${name}: nothing is stopped${span}, ${detail}.`,
    ask: 'No action needed.',
    happened: trigger,
    did: 'stopped nothing; incidents are still followed and told of',
    next: 'the pause ends by itself, and what it held back is looked at again',
  };
}

function resumed({ detail, trigger }: Entry, name: string): Headline {
  return {
    emoji: ':arrow_right:',
    state: 'RESUMED',
    color: 'blue',
    sentence: `${name}: healing is on again; ${detail}.`,
    ask: 'No action needed.',
    happened: trigger,
    did: 'ended the pause',
    next: 'open incidents are looked at again now',
  };
}
