/**
 * Scenarios in which another strategy has fewer failed requests than ours, and why that is as it
 * should be.
 *
 * A scenario that is not named here breaks the promise, and the bench fails.
 */
export const EXPLAINED: Readonly<Record<string, string>> = {
  'single-task':
    'The only task is ill. Its stop is an outage that the default policy leaves to a person; ' +
    '`"singleTask": "stop"` takes it.',
  'bad-revision':
    'Everybody runs the bad release until a person rolls back. Restarting its tasks delays them ' +
    'for some seconds each, which is no healing.',
  'one-zone':
    'Stopping a task of the ill zone takes it away until its replacement, in the same zone, is ' +
    'ill too. Only shifting the zone helps.',
};
