import { epochMillis } from '../core/time.ts';
import type { Clock } from '../ports/clock.ts';

export const systemClock: Clock = { now: () => epochMillis(Date.now()) };
